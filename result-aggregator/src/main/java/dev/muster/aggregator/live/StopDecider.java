package dev.muster.aggregator.live;

import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.LiveAggregate.Looks;
import dev.muster.contracts.aggregate.LiveAggregate.Stop;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Interval;
import dev.muster.contracts.aggregate.Series.Width;
import dev.muster.contracts.job.StopRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether what was added up is enough. A sequential rule may be looked at again and again: look
 * number k may miss with probability {@code 6 α / (π² k²)}, which adds up to α over all looks
 * whenever one stops (union bound), so the interval that ends a job holds the true mean as often as
 * its confidence says. Looks are made each time the count has grown by a tenth, so that there are
 * few: a million results make some 150.
 *
 * <p>Which results there are must not depend on their values: a job whose greater values take
 * longer shows the smaller ones first, and no correction for looks helps against that.
 */
public final class StopDecider {
  /** A look is made when the count is so many times that of the look before. */
  static final double GROWTH = 1.1;

  private StopDecider() {}

  /**
   * Looks at the rules in their order; the first that holds ends the job.
   *
   * @param rules of the job
   * @param live what was added up
   * @param studentT finds the width of intervals
   */
  public static LiveAggregate look(List<StopRule> rules, LiveAggregate live, Width studentT) {
    if (live.stopped() != null || rules.isEmpty()) {
      return live;
    }
    List<Looks> looks = new ArrayList<>();
    @Nullable Stop stop = null;
    for (int i = 0; i < rules.size(); i++) {
      StopRule rule = rules.get(i);
      Looks before = i < live.looks().size() ? live.looks().get(i) : new Looks(0, rule.minCount());
      @Nullable Series series = live.find(rule.metric(), rule.variant());
      if (stop != null || series == null || series.count() < before.next()) {
        looks.add(before);
        continue;
      }
      if (rule.threshold() != null) {
        looks.add(before);
        stop = threshold(i, rule, rule.threshold(), series);
      } else if (rule.sequential() != null) {
        int look = before.made() + 1;
        looks.add(new Looks(look, (long) Math.ceil(series.count() * GROWTH)));
        stop = sequential(i, rule, rule.sequential(), series, look, studentT);
      }
    }
    return live.looked(looks, stop);
  }

  private static @Nullable Stop threshold(
      int place, StopRule rule, StopRule.Threshold threshold, Series series) {
    double figure =
        switch (threshold.stat()) {
          case COUNT -> series.count();
          case MEAN -> series.mean();
          case MIN -> series.min().value();
          case MAX -> series.max().value();
          case SUM -> series.sum().nearest();
        };
    if (!threshold.op().holds(figure, threshold.value())) {
      return null;
    }
    String reason =
        "The "
            + threshold.stat().name().toLowerCase(Locale.ROOT)
            + of(rule, series)
            + " is "
            + number(figure)
            + ", which is "
            + threshold.op().sign()
            + " "
            + number(threshold.value())
            + ".";
    return new Stop(place, series.count(), series.mean(), null, 0, reason);
  }

  private static @Nullable Stop sequential(
      int place,
      StopRule rule,
      StopRule.Sequential sequential,
      Series series,
      int look,
      Width studentT) {
    @Nullable Interval interval =
        interval(series, sequential, missAt(look, 1 - sequential.confidence()), studentT);
    if (interval == null) {
      return null;
    }
    String enough = enough(interval, sequential);
    if (enough == null) {
      return null;
    }
    String reason =
        "The mean"
            + of(rule, series)
            + " is between "
            + number(interval.low())
            + " and "
            + number(interval.high())
            + " with confidence "
            + number(sequential.confidence())
            + " at look "
            + look
            + ", which "
            + enough
            + ".";
    return new Stop(place, series.count(), series.mean(), interval, look, reason);
  }

  /** What an interval tells that ends the job; null for nothing. */
  private static @Nullable String enough(Interval interval, StopRule.Sequential sequential) {
    Double width = sequential.width();
    if (width != null && interval.high() - interval.low() < width) {
      return "is narrower than " + number(width);
    }
    Double excluded = sequential.excludes();
    return excluded != null && (excluded < interval.low() || excluded > interval.high())
        ? "excludes " + number(excluded)
        : null;
  }

  /** How often look number {@code look} may miss, where all together may miss {@code miss}. */
  static double missAt(int look, double miss) {
    return miss * 6 / (Math.PI * Math.PI * look * look);
  }

  /**
   * The interval of one look; null where none can be told.
   *
   * @param miss how often it may miss
   */
  static @Nullable Interval interval(
      Series series, StopRule.Sequential sequential, double miss, Width studentT) {
    StopRule.Bounds bounds = sequential.within();
    if (bounds == null) {
      // Numbers that are all the same tell nothing of how far others may be.
      return series.min().value() == series.max().value() ? null : series.interval(miss, studentT);
    }
    if (series.count() < 2
        || series.min().value() < bounds.low()
        || series.max().value() > bounds.high()) {
      return null;
    }
    // Maurer and Pontil, Empirical Bernstein Bounds and Sample Variance Penalization (COLT 2009),
    // theorem 4, once for each end: for any distribution within the bounds.
    double log = Math.log(4 / miss);
    double half =
        series.error() * Math.sqrt(2 * log)
            + 7 * (bounds.high() - bounds.low()) * log / (3.0 * (series.count() - 1));
    double mean = series.mean();
    return new Interval(Math.max(bounds.low(), mean - half), Math.min(bounds.high(), mean + half));
  }

  private static String of(StopRule rule, Series series) {
    return " of "
        + rule.metric()
        + (rule.variant() == null ? "" : " of " + rule.variant())
        + " over "
        + series.count()
        + (series.count() == 1 ? " result" : " results");
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
