package dev.muster.aggregator.output;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of a task's output. The whole output, as far as it is kept, is head followed by
 * tail; they never overlap.
 *
 * @param attempt the attempt that wrote it
 * @param epoch its lease epoch; the newest wins
 * @param head the first {@link OutputMerge#HEAD_MAX} characters
 * @param tail the last {@link OutputMerge#TAIL_MAX} characters of what follows the head
 * @param bytes all that the attempt wrote so far, lost pieces included
 * @param gaps places where pieces were lost on the way
 * @param progress the newest progress document (S2-22), JSON text
 */
public record OutputState(
    int attempt,
    long epoch,
    String head,
    String tail,
    long bytes,
    int gaps,
    @Nullable String progress) {
  /** Before anything was written. */
  public static final OutputState NONE = new OutputState(0, 0, "", "", 0, 0, null);
}
