package dev.muster.aggregator.digest;

/**
 * The numbers of one result field over all results, added in task order so that the same results
 * give the same digits.
 */
public final class NumberStats {
  private long count;
  private double sum;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /** Adds a number; what is not finite is left out. */
  public void add(double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    count++;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }

  /** How many numbers there were. */
  public long count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  /** The arithmetic mean; only when there is a number. */
  public double mean() {
    return sum / count;
  }

  public double min() {
    return min;
  }

  public double max() {
    return max;
  }
}
