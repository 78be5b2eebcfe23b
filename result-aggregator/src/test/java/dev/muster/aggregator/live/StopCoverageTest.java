package dev.muster.aggregator.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.LiveAggregate.Entry;
import dev.muster.contracts.aggregate.LiveAggregate.Stop;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.aggregate.Series.Interval;
import dev.muster.contracts.job.StopRule;
import dev.muster.contracts.job.StopRule.Bounds;
import dev.muster.contracts.job.StopRule.Sequential;
import dev.muster.kit.StudentT;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * Seeded problems whose true mean is known: how often the interval that ended the job holds it. The
 * seeds are the same in each build.
 */
class StopCoverageTest {
  private static final int PROBLEMS = 1_000;
  private static final int RESULTS_MAX = 2_000;

  private record Outcome(int held, int stopped, long results) {}

  @Test
  void intervalThatEndsAJobHoldsTheMeanOfNormalNumbersAsOftenAsItSays() {
    Outcome outcome =
        play(new Sequential(0.95, 0.4, null, null), 10, 3.0, random -> random.nextGaussian(3, 1));

    assertThat(outcome.stopped()).isEqualTo(PROBLEMS);
    assertThat(outcome.held()).isGreaterThanOrEqualTo(PROBLEMS * 95 / 100);
    assertThat(outcome.results()).isLessThan((long) PROBLEMS * RESULTS_MAX / 2);
  }

  @Test
  void trueValueIsExcludedNoMoreOftenThanItSays() {
    Outcome outcome =
        play(new Sequential(0.95, null, 3.0, null), 5, 3.0, random -> random.nextGaussian(3, 1));

    // Every stop is a miss here: the excluded value is the true one.
    assertThat(outcome.stopped() - outcome.held()).isLessThanOrEqualTo(PROBLEMS * 5 / 100);
    assertThat(outcome.held()).isZero();
  }

  @Test
  void boundedNumbersOfAnyKindAreHeldAsOftenAsItSays() {
    // One in ten is 1: far from normal, and often nothing but zeros at first.
    Outcome outcome =
        play(
            new Sequential(0.95, 0.2, null, new Bounds(0, 1)),
            5,
            0.1,
            random -> random.nextInt(10) == 0 ? 1 : 0);

    assertThat(outcome.stopped()).isEqualTo(PROBLEMS);
    assertThat(outcome.held()).isGreaterThanOrEqualTo(PROBLEMS * 95 / 100);
  }

  /** What the correction is for: the same looks, each with the whole chance to miss. */
  @Test
  void withoutTheCorrectionTheTrueValueIsExcludedFarMoreOften() {
    int problems = PROBLEMS / 5;
    int missed = 0;
    for (int seed = 1; seed <= problems; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Extreme> numbers = new ArrayList<>();
      int next = 5;
      for (int index = 0; index < 500; index++) {
        numbers.add(new Extreme(random.nextGaussian(3, 1), index));
        if (numbers.size() == next) {
          next = (int) Math.ceil(next * StopDecider.GROWTH);
          Interval interval =
              Objects.requireNonNull(Series.of(numbers, null).interval(0.05, StudentT::width));
          if (interval.low() > 3 || interval.high() < 3) {
            missed++;
            break;
          }
        }
      }
    }

    assertThat(missed).isGreaterThan(problems * 15 / 100);
  }

  private static Outcome play(
      Sequential sequential, int minCount, double truth, ToDoubleFunction<SplittableRandom> draw) {
    StopRule rule = StopDeciderTest.sequential(minCount, sequential);
    int held = 0;
    int stopped = 0;
    long results = 0;
    for (int seed = 1; seed <= PROBLEMS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LiveAggregate live = LiveAggregate.EMPTY;
      int index = 0;
      while (live.stopped() == null && index < RESULTS_MAX) {
        // Results come in batches of any size.
        List<Extreme> batch = new ArrayList<>();
        for (int size = 1 + random.nextInt(8); size > 0; size--) {
          batch.add(new Extreme(draw.applyAsDouble(random), index++));
        }
        live =
            StopDeciderTest.look(
                rule, live.plus(List.of(new Entry("m", null, Series.of(batch, null)))));
      }
      Stop stop = live.stopped();
      results += index;
      if (stop != null) {
        Interval interval = Objects.requireNonNull(stop.interval());
        stopped++;
        held += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
      }
    }
    return new Outcome(held, stopped, results);
  }
}
