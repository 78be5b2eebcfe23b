package dev.muster.contracts.aggregate;

import dev.muster.contracts.job.Aggregation.Linear;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one field over some results. {@link #plus} is associative and commutative to the
 * last bit.
 *
 * @param count how many numbers, from 1
 * @param sum all of them, exactly
 * @param squares their squares added, exactly
 * @param min the least, of the lowest index that has it
 * @param max the greatest, of the lowest index that has it
 * @param histogram how many are in each bucket; empty buckets are left out
 */
public record Series(
    long count,
    ExactSum sum,
    ExactSum squares,
    Extreme min,
    Extreme max,
    SortedMap<Integer, Long> histogram) {
  /**
   * A number and where it comes from.
   *
   * @param value the number
   * @param index the task whose result has it
   */
  public record Extreme(double value, int index) {
    /** A negative zero is the same number as zero. */
    Extreme plain() {
      return new Extreme(value + 0.0, index);
    }

    static Extreme lesser(Extreme a, Extreme b) {
      return a.value < b.value || (a.value == b.value && a.index <= b.index) ? a : b;
    }

    static Extreme greater(Extreme a, Extreme b) {
      return a.value > b.value || (a.value == b.value && a.index <= b.index) ? a : b;
    }
  }

  /**
   * An interval around a mean.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {}

  /** Half an interval's width, in standard errors. */
  @FunctionalInterface
  public interface Width {
    /**
     * @param miss how often it may miss, both ends together
     * @param degrees degrees of freedom
     */
    double of(double miss, double degrees);
  }

  public Series {
    histogram = Collections.unmodifiableSortedMap(new TreeMap<>(histogram));
  }

  /**
   * Finite numbers, at least one.
   *
   * @param numbers each with the task whose result has it
   * @param linear buckets of equal width; null for the fixed ones
   */
  public static Series of(Collection<Extreme> numbers, @Nullable Linear linear) {
    ExactSum sum = ExactSum.ZERO;
    ExactSum squares = ExactSum.ZERO;
    SortedMap<Integer, Long> histogram = new TreeMap<>();
    Extreme first = numbers.iterator().next().plain();
    Extreme min = first;
    Extreme max = first;
    for (Extreme number : numbers) {
      Extreme plain = number.plain();
      ExactSum exact = ExactSum.of(plain.value());
      sum = sum.plus(exact);
      squares = squares.plus(exact.times(exact));
      min = Extreme.lesser(min, plain);
      max = Extreme.greater(max, plain);
      histogram.merge(Buckets.of(plain.value(), linear), 1L, Long::sum);
    }
    return new Series(numbers.size(), sum, squares, min, max, histogram);
  }

  /** Both together; they have no result in common. */
  public Series plus(Series other) {
    SortedMap<Integer, Long> both = new TreeMap<>(histogram);
    other.histogram.forEach((bucket, n) -> both.merge(bucket, n, Long::sum));
    return new Series(
        count + other.count,
        sum.plus(other.sum),
        squares.plus(other.squares),
        Extreme.lesser(min, other.min),
        Extreme.greater(max, other.max),
        both);
  }

  /** The arithmetic mean, rounded once. */
  public double mean() {
    return sum.decimal().divide(BigDecimal.valueOf(count), MathContext.DECIMAL128).doubleValue();
  }

  /**
   * The standard deviation of the numbers, estimated without bias of their variance; 0 for one
   * number.
   */
  public double deviation() {
    return count < 2 ? 0 : root(BigDecimal.valueOf(count).multiply(BigDecimal.valueOf(count - 1)));
  }

  /** The standard error of the mean; 0 for one number. */
  public double error() {
    BigDecimal n = BigDecimal.valueOf(count);
    return count < 2 ? 0 : root(n.multiply(n).multiply(BigDecimal.valueOf(count - 1)));
  }

  /** {@code n Σx² - (Σx)²} is exact and never below 0, so nothing cancels before it is rounded. */
  private double root(BigDecimal divisor) {
    BigDecimal spread = squares.times(count).plus(sum.times(sum).negated()).decimal();
    return spread.divide(divisor, MathContext.DECIMAL128).sqrt(MathContext.DECIMAL64).doubleValue();
  }

  /**
   * Student's interval of the mean, exact for normal numbers; null with fewer than two.
   *
   * @param miss how often it may miss the true mean
   * @param studentT finds its width
   */
  public @Nullable Interval interval(double miss, Width studentT) {
    if (count < 2) {
      return null;
    }
    double mean = mean();
    double half = studentT.of(miss, count - 1) * error();
    return new Interval(mean - half, mean + half);
  }
}
