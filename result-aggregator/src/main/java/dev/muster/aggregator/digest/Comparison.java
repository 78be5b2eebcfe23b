package dev.muster.aggregator.digest;

import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Strategies compared over the same inputs. Where there are several inputs, the repeats of one are
 * averaged first, since they say nothing of other inputs; with one input, its repeats are the
 * pairs. The intervals of all pairs together hold the true differences in 95 of 100 benchmarks:
 * each is widened for their number (Bonferroni). They assume differences that are about normal.
 *
 * @param pairedByInput whether pairs are inputs, else they are repeats
 * @param strategies each by itself, in the order of the submission
 * @param pairs every two of them that share results
 */
public record Comparison(boolean pairedByInput, List<Single> strategies, List<Pair> pairs) {
  /** How often all intervals together hold. */
  public static final double CONFIDENCE = 0.95;

  /** Half an interval's width, in standard errors. */
  @FunctionalInterface
  public interface Width {
    /**
     * @param miss how often it may miss, both ends together
     * @param degrees degrees of freedom
     */
    double of(double miss, double degrees);
  }

  /**
   * An interval around a mean.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {}

  /**
   * One strategy.
   *
   * @param interval of its mean; null with fewer than two values
   */
  public record Single(
      String name, int count, double mean, double min, double max, @Nullable Interval interval) {}

  /**
   * Two strategies on what both have results of.
   *
   * @param first one
   * @param second the other
   * @param count pairs
   * @param difference mean of first minus second
   * @param interval of the difference; null with fewer than two pairs
   * @param firstWins pairs in which the first is better
   * @param secondWins pairs in which the second is better
   * @param better the one that is better beyond chance; null while that cannot be told
   */
  public record Pair(
      String first,
      String second,
      int count,
      double difference,
      @Nullable Interval interval,
      int firstWins,
      int secondWins,
      @Nullable String better) {}

  public Comparison {
    strategies = List.copyOf(strategies);
    pairs = List.copyOf(pairs);
  }

  static Comparison of(Benchmark benchmark, Objective objective, double[][] byRun, Width studentT) {
    int repeats = benchmark.repeats();
    boolean byInput = benchmark.inputs().size() > 1;
    double[][] units =
        Arrays.stream(byRun)
            .map(values -> byInput ? averaged(values, repeats) : values)
            .toArray(double[][]::new);
    List<Benchmark.Strategy> named = benchmark.strategies();
    int n = named.size();
    double missEach = (1 - CONFIDENCE) / (n * (n - 1) / 2.0);
    List<Single> singles = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < n; a++) {
      double[] own = present(Arrays.stream(units[a]));
      if (own.length > 0) {
        singles.add(single(named.get(a).name(), own, studentT));
      }
      for (int b = a + 1; b < n; b++) {
        double[] first = units[a];
        double[] second = units[b];
        double[] differences =
            present(IntStream.range(0, first.length).mapToDouble(i -> first[i] - second[i]));
        if (differences.length > 0) {
          pairs.add(
              pair(
                  named.get(a).name(),
                  named.get(b).name(),
                  differences,
                  objective,
                  missEach,
                  studentT));
        }
      }
    }
    return new Comparison(byInput, singles, pairs);
  }

  private static double[] averaged(double[] values, int repeats) {
    return IntStream.range(0, values.length / repeats)
        .mapToDouble(input ->
            Arrays.stream(present(Arrays.stream(values, input * repeats, (input + 1) * repeats)))
                .average()
                .orElse(Double.NaN))
        .toArray();
  }

  private static double[] present(DoubleStream values) {
    return values.filter(value -> !Double.isNaN(value)).toArray();
  }

  private static Single single(String name, double[] values, Width studentT) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return new Single(
        name,
        values.length,
        mean,
        Arrays.stream(values).min().orElseThrow(),
        Arrays.stream(values).max().orElseThrow(),
        interval(mean, values, 1 - CONFIDENCE, studentT));
  }

  private static Pair pair(
      String first,
      String second,
      double[] differences,
      Objective objective,
      double miss,
      Width studentT) {
    double mean = Arrays.stream(differences).average().orElseThrow();
    Interval interval = interval(mean, differences, miss, studentT);
    Objective.Direction good = objective.direction();
    boolean told = interval != null && (interval.low() > 0 || interval.high() < 0);
    return new Pair(
        first,
        second,
        differences.length,
        mean,
        interval,
        (int) Arrays.stream(differences).filter(d -> good.isBetter(d, 0)).count(),
        (int) Arrays.stream(differences).filter(d -> good.isBetter(0, d)).count(),
        told ? (good.isBetter(mean, 0) ? first : second) : null);
  }

  private static @Nullable Interval interval(
      double mean, double[] values, double miss, Width studentT) {
    int n = values.length;
    if (n < 2) {
      return null;
    }
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double half = studentT.of(miss, n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean - half, mean + half);
  }
}
