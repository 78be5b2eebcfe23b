package dev.muster.gateway.verify;

import dev.muster.contracts.aggregate.Buckets;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the followed fields of a job once more, in decimal where the aggregator used binary, and
 * holds what it kept against that: sums must agree to the last digit.
 */
public final class SeriesRecount {
  private static final BigDecimal NONE = BigDecimal.ZERO;

  private final LiveAggregate stored;
  private final Map<String, Aggregation.Field> followed = new LinkedHashMap<>();
  private final @Nullable Benchmark benchmark;
  private final Map<Key, Numbers> numbers = new LinkedHashMap<>();

  private record Key(String field, @Nullable String variant) {
    String path() {
      return "aggregates." + field + (variant == null ? "" : "[" + variant + "]");
    }
  }

  private record Numbers(
      long count,
      BigDecimal sum,
      BigDecimal squares,
      double min,
      int minIndex,
      double max,
      int maxIndex,
      SortedMap<Integer, Long> histogram) {
    /** Results come in the order of their tasks, so the first of equals has the lowest index. */
    static Numbers with(@Nullable Numbers before, int index, double value, int bucket) {
      BigDecimal exact = new BigDecimal(value);
      SortedMap<Integer, Long> histogram = before == null ? new TreeMap<>() : before.histogram;
      histogram.merge(bucket, 1L, Long::sum);
      boolean less = before == null || value < before.min;
      boolean more = before == null || value > before.max;
      return new Numbers(
          before == null ? 1 : before.count + 1,
          (before == null ? NONE : before.sum).add(exact),
          (before == null ? NONE : before.squares).add(exact.multiply(exact)),
          before == null || less ? value : before.min,
          before == null || less ? index : before.minIndex,
          before == null || more ? value : before.max,
          before == null || more ? index : before.maxIndex,
          histogram);
    }
  }

  private SeriesRecount(
      LiveAggregate stored, Aggregation aggregation, @Nullable Benchmark benchmark) {
    this.stored = stored;
    aggregation.fields().forEach(field -> followed.put(field.name(), field));
    this.benchmark = benchmark;
  }

  /** Begins to count for a job; null where nothing is followed. */
  public static @Nullable SeriesRecount of(@Nullable Design design, LiveAggregate stored) {
    return design == null || design.aggregation() == null
        ? null
        : new SeriesRecount(stored, design.aggregation(), design.benchmark());
  }

  /** A result has a finite number in this field. */
  void number(int index, String field, double value) {
    Aggregation.Field spec = followed.get(field);
    if (spec == null) {
      return;
    }
    int bucket = Buckets.of(value, spec.buckets());
    add(new Key(field, null), index, value, bucket);
    if (benchmark != null) {
      add(new Key(field, benchmark.strategyOf(index).name()), index, value, bucket);
    }
  }

  private void add(Key key, int index, double value, int bucket) {
    numbers.put(key, Numbers.with(numbers.get(key), index, value, bucket));
  }

  /** How many series were counted. */
  public int size() {
    return numbers.size();
  }

  /** What was kept that the results do not say. */
  List<Difference> differences() {
    List<Difference> found = new ArrayList<>();
    Difference.exact(found, "aggregates.series", stored.series().size(), numbers.size());
    numbers.forEach((key, own) -> {
      Series kept = stored.find(key.field(), key.variant());
      if (kept == null) {
        found.add(new Difference(key.path(), "null", Long.toString(own.count())));
      } else {
        compare(found, key.path(), kept, own);
      }
    });
    return found;
  }

  private static void compare(List<Difference> found, String path, Series kept, Numbers own) {
    Difference.exact(found, path + ".count", kept.count(), own.count());
    exact(found, path + ".sum", kept.sum().decimal(), own.sum());
    exact(found, path + ".squares", kept.squares().decimal(), own.squares());
    Difference.exact(found, path + ".min", kept.min().value(), own.min());
    Difference.exact(found, path + ".min.index", kept.min().index(), own.minIndex());
    Difference.exact(found, path + ".max", kept.max().value(), own.max());
    Difference.exact(found, path + ".max.index", kept.max().index(), own.maxIndex());
    if (!kept.histogram().equals(own.histogram())) {
      found.add(
          new Difference(
              path + ".histogram", kept.histogram().toString(), own.histogram().toString()));
    }
  }

  private static void exact(List<Difference> found, String path, BigDecimal kept, BigDecimal own) {
    if (kept.compareTo(own) != 0) {
      found.add(new Difference(path, kept.toString(), own.toString()));
    }
  }
}
