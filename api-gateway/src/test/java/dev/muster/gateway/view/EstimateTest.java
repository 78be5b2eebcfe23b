package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.TaskCounts;
import dev.muster.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EstimateTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = START.plusSeconds(60);

  private static TaskCounts counts(int total, int running, int succeeded) {
    return new TaskCounts(total, 0, running, succeeded, 0, 0);
  }

  @Test
  void nothingIsSaidBeforeTheRateMeansSomething() {
    assertThat(Estimate.completion(counts(100, 4, 50), 0, null, LATER, null)).isNull();
    assertThat(Estimate.completion(counts(100, 4, 2), 0, START, LATER, null)).isNull();
    assertThat(Estimate.completion(counts(100, 4, 50), 0, START, START.plusSeconds(1), null))
        .isNull();
  }

  @Test
  void nothingIsSaidWhenNothingIsLeft() {
    assertThat(Estimate.completion(counts(100, 0, 100), 0, START, LATER, null)).isNull();
  }

  @Test
  void whatAnEarlierJobDidIsNoProgress() {
    assertThat(Estimate.completion(counts(100, 0, 50), 50, START, LATER, null)).isNull();
    assertThat(Estimate.completion(counts(100, 0, 50), 40, START, LATER, null))
        .isEqualTo(LATER.plusSeconds(300));
  }

  @Test
  void whatIsAYearAwayIsNotKnown() {
    assertThat(
            Estimate.completion(counts(1_000_000, 0, 3), 0, START, START.plusSeconds(1_000), null))
        .isNull();
  }

  /**
   * Tasks of 0.5 to 1.5 times a mean on some slots. What is left of the error is chance: 3.5 times
   * its standard deviation for the fewest tasks, and the last wave that does not fill all slots.
   */
  @Test
  void estimateOfEvenWorkIsCloseFromAThirdOn() {
    Seeds.forEach(
        300,
        random -> {
          int slots = 1 + random.nextInt(8);
          int total = slots * (40 + random.nextInt(40));
          double mean = 1_000 + random.nextInt(60_000);
          double[] ends = ends(random, slots, total, mean);
          double last = ends[total - 1];
          double[] bounds = {0.30, 0.22, 0.14};
          double[] parts = {0.34, 0.5, 0.8};
          for (int i = 0; i < parts.length; i++) {
            double part = parts[i];
            long now = (long) (last * part);
            int ended = (int) Arrays.stream(ends).filter(end -> end <= now).count();
            int running = Math.min(slots, total - ended);
            Instant told =
                Objects.requireNonNull(
                    Estimate.completion(
                        counts(total, running, ended), 0, START, START.plusMillis(now), null));
            assertThat(Duration.between(START, told).toMillis() / last)
                .isBetween(1 - bounds[i], 1 + bounds[i]);
          }
        });
  }

  @Test
  void whatIsUsualIsSaidBeforeTheOwnRateIsKnown() {
    assertThat(Estimate.completion(counts(100, 4, 0), 0, START, START.plusSeconds(1), 2_000.0))
        .isEqualTo(START.plusSeconds(200));
    assertThat(Estimate.completion(counts(100, 4, 50), 48, START, START.plusSeconds(1), 2_000.0))
        .isEqualTo(START.plusSeconds(104));
  }

  @Test
  void nothingIsSaidWhenItTakesLongerThanUsualAndHasNoRateYet() {
    assertThat(Estimate.completion(counts(10, 4, 0), 0, START, START.plusSeconds(60), 2_000.0))
        .isNull();
  }

  /** With jobs of its kind up to a fifth quicker or slower, from the first moment to the last. */
  @Test
  void estimateFromHistoryIsCloseFromTheStart() {
    Seeds.forEach(
        300,
        random -> {
          int slots = 1 + random.nextInt(8);
          int total = slots * (40 + random.nextInt(40));
          double mean = 5_000 + random.nextInt(60_000);
          double[] ends = ends(random, slots, total, mean);
          double last = ends[total - 1];
          double usual = last / total * (0.8 + 0.4 * random.nextDouble());
          double[] bounds = {0.21, 0.45, 0.30, 0.14};
          double[] parts = {0.0, 0.1, 0.34, 0.8};
          for (int i = 0; i < parts.length; i++) {
            long now = (long) (last * parts[i]);
            int ended = (int) Arrays.stream(ends).filter(end -> end <= now).count();
            Instant told =
                Objects.requireNonNull(
                    Estimate.completion(
                        counts(total, Math.min(slots, total - ended), ended),
                        0,
                        START,
                        START.plusMillis(now),
                        usual));
            assertThat(Duration.between(START, told).toMillis() / last)
                .as("at %s", parts[i])
                .isBetween(1 - bounds[i], 1 + bounds[i]);
          }
        });
  }

  /** When the tasks end, ascending, if each slot does one after the other. */
  private static double[] ends(SplittableRandom random, int slots, int total, double mean) {
    double[] free = new double[slots];
    double[] ends = new double[total];
    for (int task = 0; task < total; task++) {
      int next = 0;
      for (int slot = 1; slot < slots; slot++) {
        next = free[slot] < free[next] ? slot : next;
      }
      free[next] += mean * (0.5 + random.nextDouble());
      ends[task] = free[next];
    }
    Arrays.sort(ends);
    return ends;
  }
}
