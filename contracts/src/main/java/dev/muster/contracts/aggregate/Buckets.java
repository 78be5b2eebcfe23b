package dev.muster.contracts.aggregate;

import dev.muster.contracts.job.Aggregation.Linear;
import org.jspecify.annotations.Nullable;

/**
 * Which bucket of a histogram a number falls into. It follows from the number alone, never from the
 * others, so that histograms of parts add up to that of the whole.
 *
 * <p>The fixed buckets cut each power of two from 2^-32 to 2^32 into four of equal width, for both
 * signs: a bucket is at most a quarter as wide as its lower end. They are read off the bits of the
 * double (the exponent and the two highest bits of the fraction, as in HdrHistogram), so that no
 * logarithm rounds. Zero has a bucket of its own, as have what is nearer to zero and what is
 * beyond.
 */
public final class Buckets {
  private static final int PARTS_BITS = 2;
  private static final int SHIFT = 52 - PARTS_BITS;
  private static final int TINY = 1;
  private static final int FIRST = 2;
  private static final double LEAST = 0x1p-32;
  private static final double BEYOND = 0x1p32;
  private static final long BASE = Double.doubleToRawLongBits(LEAST) >>> SHIFT;
  private static final int HUGE =
      FIRST + (int) ((Double.doubleToRawLongBits(BEYOND) >>> SHIFT) - BASE);

  private Buckets() {}

  /**
   * The ends of a bucket.
   *
   * @param from its lower end; negatively infinite where there is none
   * @param to its upper end; infinite where there is none, {@code from} for the bucket of one value
   */
  public record Range(double from, double to) {}

  /**
   * The bucket of a finite number.
   *
   * @param linear buckets of equal width; null for the fixed ones
   */
  public static int of(double value, @Nullable Linear linear) {
    if (linear != null) {
      return linear(value, linear);
    }
    if (value == 0) {
      return 0;
    }
    double size = Math.abs(value);
    int bucket =
        size < LEAST
            ? TINY
            : size >= BEYOND
                ? HUGE
                : FIRST + (int) ((Double.doubleToRawLongBits(size) >>> SHIFT) - BASE);
    return value < 0 ? -bucket : bucket;
  }

  private static int linear(double value, Linear linear) {
    if (value < linear.from()) {
      return -1;
    }
    if (value >= linear.to()) {
      return linear.count();
    }
    double part = (value - linear.from()) / (linear.to() - linear.from());
    return Math.min(linear.count() - 1, (int) (part * linear.count()));
  }

  /** The ends of a bucket that {@link #of} gave. */
  public static Range range(int bucket, @Nullable Linear linear) {
    if (linear != null) {
      return new Range(
          bucket < 0 ? Double.NEGATIVE_INFINITY : edge(bucket, linear),
          bucket >= linear.count() ? Double.POSITIVE_INFINITY : edge(bucket + 1, linear));
    }
    if (bucket < 0) {
      Range mirrored = range(-bucket, null);
      return new Range(-mirrored.to(), -mirrored.from());
    }
    return switch (bucket) {
      case 0 -> new Range(0, 0);
      case TINY -> new Range(0, LEAST);
      default ->
          bucket >= HUGE
              ? new Range(BEYOND, Double.POSITIVE_INFINITY)
              : new Range(start(bucket), start(bucket + 1));
    };
  }

  private static double edge(int bucket, Linear linear) {
    double part = (double) bucket / linear.count();
    return linear.from() + part * (linear.to() - linear.from());
  }

  private static double start(int bucket) {
    return Double.longBitsToDouble((BASE + bucket - FIRST) << SHIFT);
  }
}
