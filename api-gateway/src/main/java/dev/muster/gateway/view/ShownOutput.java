package dev.muster.gateway.view;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which attempt's output a task shows (S2-30, S2-32): the current one's as soon as it has written
 * its first byte, and until then what the last failed one wrote.
 */
public final class ShownOutput {
  /** A failure comes with the last 10 KiB of its output, less up to three bytes of a character. */
  private static final int TAIL_WHOLE_MAX = 10 * 1024 - 4;

  private ShownOutput() {}

  /**
   * What to show, or null when no attempt is known to have written anything.
   *
   * @param taskEpoch the lease epoch of the task, or null when the task is not known yet
   * @param kept what is kept of the attempt that wrote last
   * @param failedEpoch the lease epoch of the last failed attempt; 0 for none
   * @param failed the last failed attempt, or null
   */
  public static @Nullable KeptOutput of(
      @Nullable Long taskEpoch, KeptOutput kept, long failedEpoch, @Nullable AttemptView failed) {
    boolean current = taskEpoch == null || kept.epoch() >= taskEpoch;
    String tail = failed == null || failed.outputTail() == null ? "" : failed.outputTail();
    if (!kept.isEmpty() && (current || kept.epoch() >= failedEpoch)) {
      return kept;
    }
    if (failed != null && !tail.isEmpty()) {
      int bytes = tail.getBytes(StandardCharsets.UTF_8).length;
      return new KeptOutput(
          failed.attempt(), failedEpoch, tail, "", 0, bytes, bytes > TAIL_WHOLE_MAX ? 1 : 0);
    }
    return kept.isEmpty() ? null : kept;
  }
}
