package dev.muster.aggregator.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Benchmark.Strategy;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.Objective;
import dev.muster.contracts.job.Objective.Direction;
import dev.muster.contracts.job.Sweep;
import dev.muster.kit.StudentT;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoresTest {
  private static final Sweep POINTS =
      new Sweep(
          Sweep.Method.RANDOM,
          List.of(new Sweep.Axis(List.of("a"), List.of("1"), null)),
          List.of(),
          1_000,
          1);

  @Test
  void leaderboardHasTheBestInOrderWhateverTheOrderOfResults() {
    Seeds.forEach(
        50,
        random -> {
          double[] values = random.doubles(1_000).map(v -> Math.rint(v * 300)).toArray();
          List<Integer> order = new ArrayList<>(IntStream.range(0, values.length).boxed().toList());
          Collections.shuffle(order, new Random(random.nextLong()));
          Scores scores = scores(Direction.MAX, null);

          order.forEach(index -> scores.add(index, values[index]));

          List<Integer> expected =
              IntStream.range(0, values.length)
                  .boxed()
                  .sorted((a, b) -> values[a] == values[b] ? a - b : values[a] > values[b] ? -1 : 1)
                  .limit(Scores.RANKED_MAX)
                  .toList();
          assertThat(scores.leaderboard()).extracting(Scores.Score::index).isEqualTo(expected);
        });
  }

  @Test
  void whatIsNotFiniteIsNotRanked() {
    Scores scores = scores(Direction.MIN, null);

    scores.add(0, Double.NaN);
    scores.add(1, Double.NEGATIVE_INFINITY);
    scores.add(2, 5);

    assertThat(scores.leaderboard()).containsExactly(new Scores.Score(2, 5));
  }

  @Test
  void pairedDifferencesCancelWhatInputsHaveInCommon() {
    Benchmark benchmark = benchmark(List.of("slow", "fast"), 5, 1);
    Scores scores = scores(Direction.MIN, benchmark);
    double[] inputs = {10, 200, 3_000, 40, 5};
    double[] gains = {1.0, 1.1, 0.9, 1.05, 0.95};
    for (int input = 0; input < 5; input++) {
      scores.add(2 * input, inputs[input]);
      scores.add(2 * input + 1, inputs[input] - gains[input]);
    }

    Comparison comparison = Objects.requireNonNull(scores.comparison(StudentT::width));

    Comparison.Pair pair = comparison.pairs().getFirst();
    assertThat(pair.count()).isEqualTo(5);
    assertThat(pair.difference()).isCloseTo(1.0, within(1e-9));
    // t(0.975; 4) = 2.7764, s = 0.0790569, so half a width is 0.0981623 (any table of t).
    assertThat(Objects.requireNonNull(pair.interval()).low())
        .isCloseTo(1 - 0.0981623, within(1e-5));
    assertThat(pair.better()).isEqualTo("fast");
    assertThat(pair.firstWins()).isZero();
    assertThat(pair.secondWins()).isEqualTo(5);
  }

  @Test
  void whatLacksAResultIsLeftOutOfItsPairs() {
    Scores scores = scores(Direction.MAX, benchmark(List.of("a", "b"), 3, 1));
    scores.add(0, 1);
    scores.add(2, 1);
    scores.add(3, 2);

    Comparison comparison = Objects.requireNonNull(scores.comparison(StudentT::width));

    assertThat(comparison.pairs())
        .singleElement()
        .satisfies(pair -> {
          assertThat(pair.count()).isOne();
          assertThat(pair.interval()).isNull();
          assertThat(pair.better()).isNull();
        });
  }

  /** 400 benchmarks of three equal strategies: in about 20 of them a difference is claimed. */
  @Test
  void equalStrategiesAreSeldomToldApart() {
    Random random = new Random(42);
    int wrong = 0;
    for (int run = 0; run < 400; run++) {
      Scores scores = scores(Direction.MAX, benchmark(List.of("a", "b", "c"), 12, 2));
      for (int index = 0; index < 72; index++) {
        scores.add(index, random.nextGaussian());
      }
      Comparison comparison = Objects.requireNonNull(scores.comparison(StudentT::width));
      wrong += comparison.pairs().stream().anyMatch(pair -> pair.better() != null) ? 1 : 0;
    }
    assertThat(wrong).isLessThan(35);
  }

  private static Benchmark benchmark(List<String> names, int inputs, int repeats) {
    return new Benchmark(
        names.stream().map(name -> new Strategy(name, "{}")).toList(),
        Collections.nCopies(inputs, "{}"),
        repeats);
  }

  private static Scores scores(
      Direction direction, @org.jspecify.annotations.Nullable Benchmark benchmark) {
    return Objects.requireNonNull(
        Scores.of(
            new Design(
                benchmark == null ? POINTS : null, benchmark, new Objective("m", direction))));
  }
}
