package dev.muster.gateway.view;

import dev.muster.contracts.job.TaskCounts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a job will have ended, from how fast its tasks have ended so far, and how fast those of the
 * last jobs of its kind did. Tasks that run are counted as half done, which is what they are on
 * average; nothing is said while neither is known.
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
   * @param usualMillis from start to end of jobs of its kind, for each task; null when unknown
   */
  public static @Nullable Instant completion(
      TaskCounts counts,
      int carried,
      @Nullable Instant started,
      Instant now,
      @Nullable Double usualMillis) {
    int ended = counts.finished() - carried;
    int left = counts.total() - counts.finished();
    if (started == null || left <= 0) {
      return null;
    }
    Duration passed = Duration.between(started, now);
    boolean measured = ended >= ENDS_MIN && passed.compareTo(WARM_UP) >= 0;
    double millis = measured ? fromRate(counts, ended, left, passed, usualMillis) : -1;
    if (!measured && usualMillis != null) {
      // Where it takes longer than usual, and its own rate is not known, nothing is.
      millis = usualMillis * (ended + left) - passed.toMillis();
    }
    return millis < 0 || millis > FAR.toMillis() ? null : now.plusMillis((long) millis);
  }

  /** What is usual weighs as much as a few ends, so that chance moves the first ones less. */
  private static double fromRate(
      TaskCounts counts, int ended, int left, Duration passed, @Nullable Double usualMillis) {
    double halfDone = Math.min(counts.running(), left) / 2.0;
    double weight = usualMillis == null ? 0 : ENDS_MIN;
    double usual = usualMillis == null ? 0 : usualMillis;
    double each = (passed.toMillis() + weight * usual) / (ended + halfDone + weight);
    return each * (left - halfDone);
  }
}
