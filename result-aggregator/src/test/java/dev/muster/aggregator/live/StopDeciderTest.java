package dev.muster.aggregator.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.LiveAggregate.Entry;
import dev.muster.contracts.aggregate.LiveAggregate.Looks;
import dev.muster.contracts.aggregate.LiveAggregate.Stop;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.job.StopRule;
import dev.muster.contracts.job.StopRule.Op;
import dev.muster.contracts.job.StopRule.Sequential;
import dev.muster.contracts.job.StopRule.Stat;
import dev.muster.contracts.job.StopRule.Threshold;
import dev.muster.kit.StudentT;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StopDeciderTest {
  @Test
  void thresholdWaitsForItsCount() {
    StopRule rule = threshold(null, 3, Stat.MIN, Op.BELOW, 0.5);

    LiveAggregate two = look(rule, live(null, 0.1, 0.2));
    LiveAggregate three = look(rule, live(null, 0.1, 0.2, 0.9));

    assertThat(two.stopped()).isNull();
    assertThat(stop(three).rule()).isZero();
    assertThat(stop(three).count()).isEqualTo(3);
    assertThat(stop(three).reason())
        .isEqualTo("The min of m over 3 results is 0.1, which is < 0.5.");
  }

  @Test
  void everyFigureAndComparisonIsUnderstood() {
    LiveAggregate live = live(null, 1, 2, 6);

    assertThat(look(threshold(null, 1, Stat.COUNT, Op.AT_LEAST, 3), live).stopped()).isNotNull();
    assertThat(look(threshold(null, 1, Stat.MEAN, Op.AT_MOST, 3), live).stopped()).isNotNull();
    assertThat(look(threshold(null, 1, Stat.MEAN, Op.BELOW, 3), live).stopped()).isNull();
    assertThat(look(threshold(null, 1, Stat.MAX, Op.ABOVE, 5), live).stopped()).isNotNull();
    assertThat(look(threshold(null, 1, Stat.SUM, Op.ABOVE, 9), live).stopped()).isNull();
  }

  @Test
  void ruleOfAStrategyLooksAtItsResultsOnly() {
    StopRule rule = threshold("b", 1, Stat.MAX, Op.ABOVE, 5);

    assertThat(look(rule, live(null, 9)).stopped()).isNull();
    assertThat(look(rule, live("b", 9)).stopped()).isNotNull();
  }

  @Test
  void firstRuleThatHoldsIsTheReason() {
    List<StopRule> rules =
        List.of(
            threshold(null, 1, Stat.MIN, Op.BELOW, 0),
            threshold(null, 1, Stat.MAX, Op.ABOVE, 0),
            threshold(null, 1, Stat.COUNT, Op.ABOVE, 0));

    LiveAggregate looked = StopDecider.look(rules, live(null, 1), StudentT::width);

    assertThat(stop(looked).rule()).isEqualTo(1);
    assertThat(StopDecider.look(rules, looked, StudentT::width)).isEqualTo(looked);
  }

  @Test
  void looksAreMadeWhenTheCountHasGrownByATenth() {
    StopRule rule = sequential(10, new Sequential(0.95, 1e-9, null, null));
    LiveAggregate live = LiveAggregate.EMPTY;
    List<Long> at = new ArrayList<>();
    int made = 0;
    for (int index = 0; index < 40; index++) {
      live = look(rule, live.plus(entry(null, index, index % 7)));
      if (live.looks().getFirst().made() > made) {
        made = live.looks().getFirst().made();
        at.add((long) index + 1);
      }
    }

    assertThat(at).startsWith(10L, 11L, 13L, 15L, 17L);
  }

  @Test
  void missesOfAllLooksAddUpToNoMoreThanWasAllowed() {
    double sum = 0;
    for (int look = 1; look <= 1_000_000; look++) {
      sum += StopDecider.missAt(look, 0.05);
    }

    assertThat(sum).isLessThanOrEqualTo(0.05).isGreaterThan(0.0499);
  }

  @Test
  void numbersThatAreAllTheSameNeverEndAJob() {
    StopRule rule = sequential(2, new Sequential(0.95, 0.1, null, null));

    assertThat(look(rule, live(null, 3, 3, 3, 3)).stopped()).isNull();
  }

  @Test
  void numberOutOfItsBoundsNeverEndsAJob() {
    StopRule rule = sequential(2, new Sequential(0.95, 5.0, null, new StopRule.Bounds(0, 1)));

    assertThat(look(rule, live(null, 0.5, 0.6)).stopped()).isNotNull();
    assertThat(look(rule, live(null, 0.5, 1.1)).stopped()).isNull();
  }

  @Test
  void reasonOfASequentialRuleTellsItsInterval() {
    StopRule rule = sequential(2, new Sequential(0.9, null, 100.0, null));

    Stop stop = stop(look(rule, live(null, 1, 2, 3, 2, 1)));

    assertThat(stop.looks()).isEqualTo(1);
    assertThat(Objects.requireNonNull(stop.interval()).high()).isLessThan(100);
    assertThat(stop.reason())
        .startsWith("The mean of m over 5 results is between ")
        .endsWith(" with confidence 0.9 at look 1, which excludes 100.");
  }

  static StopRule threshold(
      @Nullable String variant, int minCount, Stat stat, Op op, double value) {
    return new StopRule("m", variant, minCount, new Threshold(stat, op, value), null);
  }

  static StopRule sequential(int minCount, Sequential sequential) {
    return new StopRule("m", null, minCount, null, sequential);
  }

  static LiveAggregate look(StopRule rule, LiveAggregate live) {
    return StopDecider.look(List.of(rule), live, StudentT::width);
  }

  private static Stop stop(LiveAggregate live) {
    return Objects.requireNonNull(live.stopped());
  }

  private static List<Entry> entry(@Nullable String variant, int index, double value) {
    return List.of(new Entry("m", variant, Series.of(List.of(new Extreme(value, index)), null)));
  }

  private static LiveAggregate live(@Nullable String variant, double... values) {
    LiveAggregate live = new LiveAggregate(List.of(), List.of(new Looks(0, 1)).subList(0, 0), null);
    for (int i = 0; i < values.length; i++) {
      live = live.plus(entry(variant, i, values[i]));
    }
    return live;
  }
}
