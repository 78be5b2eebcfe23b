package dev.muster.aggregator.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a delivery is tried again: so long after the first try failed, the second, and so on. The
 * default is the example of Standard Webhooks 1.0.0: 10 tries over 75.6 hours.
 *
 * @param delays between tries; one try more than there are delays
 */
public record RetrySchedule(List<Duration> delays) {
  /** Delays are stretched or shrunk by up to this part, so that receivers are not hit in step. */
  public static final double JITTER = 0.1;

  /** For what is tried once only. */
  public static final RetrySchedule ONCE = new RetrySchedule(List.of());

  public RetrySchedule {
    delays = List.copyOf(delays);
  }

  /**
   * The delay after a failed try.
   *
   * @param tries failed tries so far, at least 1
   * @param chance a random number from 0 to 1
   * @return empty when that was the last one
   */
  public Optional<Duration> after(int tries, double chance) {
    if (tries > delays.size()) {
      return Optional.empty();
    }
    double factor = 1 - JITTER + 2 * JITTER * chance;
    return Optional.of(Duration.ofNanos((long) (delays.get(tries - 1).toNanos() * factor)));
  }
}
