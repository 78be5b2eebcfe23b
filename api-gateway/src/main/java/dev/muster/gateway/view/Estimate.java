package dev.muster.gateway.view;

import dev.muster.contracts.job.TaskCounts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a job will have ended, from how fast its tasks have ended so far. Tasks that run are counted
 * as half done, which is what they are on average; nothing is said before the rate means something.
 */
public final class Estimate {
  /** Ends that are needed: one or two say little about the others. */
  static final int ENDS_MIN = 3;

  /** Time that is needed: the first ends come with what the start cost. */
  static final Duration WARM_UP = Duration.ofSeconds(2);

  /** Nothing is said of what would be further away than this. */
  static final Duration FAR = Duration.ofDays(366);

  private Estimate() {}

  /**
   * The time of the end, or null when it is not known.
   *
   * @param counts the job's tasks
   * @param carried how many of its successes an earlier job had
   * @param started when its first task started, or null
   * @param now when the counts were so
   */
  public static @Nullable Instant completion(
      TaskCounts counts, int carried, @Nullable Instant started, Instant now) {
    int ended = counts.finished() - carried;
    int left = counts.total() - counts.finished();
    if (started == null || ended < ENDS_MIN || left <= 0) {
      return null;
    }
    Duration passed = Duration.between(started, now);
    if (passed.compareTo(WARM_UP) < 0) {
      return null;
    }
    double halfDone = Math.min(counts.running(), left) / 2.0;
    double millis = passed.toMillis() * (left - halfDone) / (ended + halfDone);
    return millis > FAR.toMillis() ? null : now.plusMillis((long) millis);
  }
}
