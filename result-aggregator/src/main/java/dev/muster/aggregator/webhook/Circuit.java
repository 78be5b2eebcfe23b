package dev.muster.aggregator.webhook;

import java.time.Duration;

/**
 * Keeps us from knocking at a door that stays shut. After some failures in a row a lane is left
 * alone for a while that doubles with every further failure, and then tried with one delivery.
 *
 * @param failuresMax failures in a row after which the lane opens
 * @param pause its first pause
 * @param pauseMax its longest
 */
public record Circuit(int failuresMax, Duration pause, Duration pauseMax) {
  private static final int DOUBLINGS_MAX = 20;

  /**
   * How long nothing is sent after so many failures in a row; zero while the circuit is closed.
   *
   * @param failures from 0
   */
  public Duration pauseAfter(int failures) {
    if (failures < failuresMax) {
      return Duration.ZERO;
    }
    Duration grown = pause.multipliedBy(1L << Math.min(failures - failuresMax, DOUBLINGS_MAX));
    return grown.compareTo(pauseMax) > 0 ? pauseMax : grown;
  }
}
