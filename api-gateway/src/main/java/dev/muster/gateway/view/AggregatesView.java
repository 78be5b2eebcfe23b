package dev.muster.gateway.view;

import dev.muster.contracts.aggregate.Buckets;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.Objective;
import dev.muster.contracts.task.SweepPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was added up of a job's results so far; exact for the results that there are.
 *
 * @param confidence how often each interval, looked at once, holds the mean of what is yet to come
 * @param series one for each followed field and, of a benchmark, each strategy
 * @param stopped the rule that ended the job early, and what it saw
 */
public record AggregatesView(
    double confidence, List<Line> series, LiveAggregate.@Nullable Stop stopped) {
  /** The confidence of the shown intervals. */
  public static final double CONFIDENCE = 0.95;

  /**
   * The numbers of a field.
   *
   * @param variant the strategy; null for all results
   * @param interval Student's interval of the mean, its two ends; null with fewer than two numbers
   * @param deviation the standard deviation; null with fewer than two numbers
   * @param sum exact, rounded once; null where no double is near
   * @param best the best so far of the metric that ranks; null of all other fields
   */
  public record Line(
      String field,
      @Nullable String variant,
      long count,
      double mean,
      @Nullable List<Double> interval,
      @Nullable Double deviation,
      @Nullable Double sum,
      Point min,
      Point max,
      @Nullable Point best,
      List<Bin> histogram) {}

  /**
   * A number and the task it comes from.
   *
   * @param index the task
   * @param task where the task, with its payload, is read
   * @param parameters the point of a sweep; null of all other jobs
   */
  public record Point(double value, int index, String task, @Nullable JsonText parameters) {}

  /**
   * A bucket that is not empty.
   *
   * @param from its lower end, in it; null where it has none
   * @param to its upper end, outside of it; null where it has none
   */
  public record Bin(@Nullable Double from, @Nullable Double to, long count) {}

  /**
   * The view.
   *
   * @param studentT finds the width of intervals
   */
  public static AggregatesView of(StoredJob job, LiveAggregate live, Series.Width studentT) {
    return new AggregatesView(
        CONFIDENCE,
        live.series().stream().map(entry -> line(job, entry, studentT)).toList(),
        live.stopped());
  }

  private static Line line(StoredJob job, LiveAggregate.Entry entry, Series.Width studentT) {
    Series series = entry.figures();
    Series.@Nullable Interval interval = series.interval(1 - CONFIDENCE, studentT);
    @Nullable Design design = job.spec().design();
    @Nullable Objective objective = design == null ? null : design.objective();
    boolean ranks = objective != null && objective.metric().equals(entry.field());
    Point min = point(job, design, series.min());
    Point max = point(job, design, series.max());
    Point best =
        objective == null || !ranks
            ? null
            : objective.direction() == Objective.Direction.MIN ? min : max;
    return new Line(
        entry.field(),
        entry.variant(),
        series.count(),
        series.mean(),
        interval == null ? null : List.of(interval.low(), interval.high()),
        series.count() < 2 ? null : series.deviation(),
        finite(series.sum().nearest()),
        min,
        max,
        best,
        histogram(series, buckets(design, entry.field())));
  }

  private static Aggregation.@Nullable Linear buckets(@Nullable Design design, String name) {
    if (design != null && design.aggregation() != null) {
      for (Aggregation.Field field : design.aggregation().fields()) {
        if (field.name().equals(name)) {
          return field.buckets();
        }
      }
    }
    return null;
  }

  private static Point point(StoredJob job, @Nullable Design design, Series.Extreme extreme) {
    return new Point(
        extreme.value(),
        extreme.index(),
        "/api/v1/jobs/" + job.id().external() + "/tasks?first=" + extreme.index() + "&limit=1",
        design == null || design.sweep() == null
            ? null
            : new JsonText(SweepPoint.of(design.sweep(), extreme.index())));
  }

  private static List<Bin> histogram(Series series, Aggregation.@Nullable Linear linear) {
    return series.histogram().entrySet().stream()
        .map(bucket -> {
          Buckets.Range range = Buckets.range(bucket.getKey(), linear);
          return new Bin(finite(range.from()), finite(range.to()), bucket.getValue());
        })
        .toList();
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
