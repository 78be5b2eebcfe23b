package dev.muster.aggregator.digest;

import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The metric of every result of a sweep or a benchmark: the best of them in order, and strategies
 * compared. Results may be added in any order.
 */
public final class Scores {
  /** Longest leaderboard. */
  public static final int RANKED_MAX = 100;

  private final Objective objective;
  private final @Nullable Benchmark benchmark;
  private final Comparator<Score> best;
  private final PriorityQueue<Score> worstFirst;
  private final double[][] byStrategy;

  /**
   * A result's metric.
   *
   * @param index the task
   * @param value its metric
   */
  public record Score(int index, double value) {}

  private Scores(Objective objective, @Nullable Benchmark benchmark) {
    this.objective = objective;
    this.benchmark = benchmark;
    Comparator<Score> least = Comparator.comparingDouble(Score::value);
    this.best =
        (objective.direction() == Objective.Direction.MIN ? least : least.reversed())
            .thenComparingInt(Score::index);
    this.worstFirst = new PriorityQueue<>(best.reversed());
    int strategies = benchmark == null ? 0 : benchmark.strategies().size();
    int runs = benchmark == null ? 0 : benchmark.inputs().size() * benchmark.repeats();
    this.byStrategy = new double[strategies][runs];
    for (double[] values : byStrategy) {
      Arrays.fill(values, Double.NaN);
    }
  }

  /** The scores of a job, or null where nothing is ranked. */
  public static @Nullable Scores of(@Nullable Design design) {
    return design == null || design.objective() == null
        ? null
        : new Scores(design.objective(), design.benchmark());
  }

  /** What is ranked by. */
  public Objective objective() {
    return objective;
  }

  /** A result has the metric; what is not finite is left out. */
  public void add(int index, double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    worstFirst.add(new Score(index, value));
    if (worstFirst.size() > RANKED_MAX) {
      worstFirst.poll();
    }
    if (benchmark != null) {
      int strategies = benchmark.strategies().size();
      byStrategy[index % strategies][index / strategies] = value;
    }
  }

  /** The best, best first; the lower index first among equals. */
  public List<Score> leaderboard() {
    List<Score> ranked = new ArrayList<>(worstFirst);
    ranked.sort(best);
    return ranked;
  }

  /**
   * The strategies of a benchmark compared, or null where there are none.
   *
   * @param studentT finds the width of intervals
   */
  public @Nullable Comparison comparison(Comparison.Width studentT) {
    return benchmark == null ? null : Comparison.of(benchmark, objective, byStrategy, studentT);
  }
}
