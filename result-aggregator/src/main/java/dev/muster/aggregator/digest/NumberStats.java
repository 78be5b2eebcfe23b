package dev.muster.aggregator.digest;

/**
 * The numbers of one result field over all results, added in task order so that the same results
 * give the same digits.
 *
 * @param count how many numbers there are, from 1
 * @param sum all of them
 * @param min the smallest
 * @param max the largest
 */
public record NumberStats(long count, double sum, double min, double max) {
  static NumberStats of(double value) {
    return new NumberStats(1, value, value, value);
  }

  NumberStats plus(double value) {
    return new NumberStats(count + 1, sum + value, Math.min(min, value), Math.max(max, value));
  }

  /** The arithmetic mean. */
  public double mean() {
    return sum / count;
  }
}
