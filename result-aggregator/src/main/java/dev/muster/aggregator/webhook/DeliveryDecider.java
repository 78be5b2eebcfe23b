package dev.muster.aggregator.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a delivery after an attempt. */
public final class DeliveryDecider {
  /** Longest wait that a receiver can ask for. */
  static final Duration RETRY_AFTER_MAX = Duration.ofHours(24);

  private static final int GONE = 410;

  private DeliveryDecider() {}

  /**
   * @param answer what the attempt came to
   * @param tries tries since the delivery was last asked for, this one included
   * @param schedule when tries follow
   * @param chance a random number from 0 to 1, for the jitter
   */
  public static Verdict decide(Answer answer, int tries, RetrySchedule schedule, double chance) {
    return switch (answer) {
      case Answer.Responded responded when isSuccess(responded.status()) -> new Verdict.Delivered();
      case Answer.Responded responded when responded.status() == GONE ->
          new Verdict.Exhausted(true);
      case Answer.Responded responded -> again(tries, schedule, chance, responded.retryAfter());
      case Answer.Failed failed when failed.fault() == Answer.Fault.ENDPOINT_DISABLED ->
          new Verdict.Exhausted(false);
      case Answer.Failed failed -> again(tries, schedule, chance, null);
    };
  }

  private static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  /** A receiver may ask for a longer wait than the schedule's, never for a shorter one. */
  private static Verdict again(
      int tries, RetrySchedule schedule, double chance, @Nullable Duration asked) {
    Duration scheduled = schedule.after(tries, chance).orElse(null);
    if (scheduled == null) {
      return new Verdict.Exhausted(false);
    }
    if (asked == null || asked.compareTo(scheduled) <= 0) {
      return new Verdict.Again(scheduled);
    }
    return new Verdict.Again(asked.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : asked);
  }
}
