package dev.muster.aggregator.live;

import dev.muster.contracts.aggregate.LiveAggregate.Entry;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers the followed fields of some results of one job, each result once. */
public final class LiveFold {
  /** So that a job of a million results does not lie in memory as a whole. */
  private static final int GATHERED_MAX = 4_096;

  private final Map<String, Aggregation.Field> followed;
  private final @Nullable Benchmark benchmark;
  private final Map<Key, List<Extreme>> numbers = new LinkedHashMap<>();
  private final Map<Key, Series> added = new LinkedHashMap<>();

  private record Key(String field, @Nullable String variant) {}

  private LiveFold(Aggregation aggregation, @Nullable Benchmark benchmark) {
    this.followed =
        aggregation.fields().stream()
            .collect(Collectors.toMap(Aggregation.Field::name, field -> field));
    this.benchmark = benchmark;
  }

  /** Begins to gather for a job, or null where nothing is followed. */
  public static @Nullable LiveFold of(@Nullable Design design) {
    return design == null || design.aggregation() == null
        ? null
        : new LiveFold(design.aggregation(), design.benchmark());
  }

  /** Whether a field is followed. */
  public boolean follows(String field) {
    return followed.containsKey(field);
  }

  /** A result has a number in a followed field; what is not finite is left out. */
  public void add(int index, String field, double value) {
    if (!Double.isFinite(value)) {
      return;
    }
    Extreme number = new Extreme(value, index);
    add(new Key(field, null), number);
    if (benchmark != null) {
      add(new Key(field, benchmark.strategyOf(index).name()), number);
    }
  }

  private void add(Key key, Extreme number) {
    List<Extreme> gathered = numbers.computeIfAbsent(key, k -> new ArrayList<>());
    gathered.add(number);
    if (gathered.size() >= GATHERED_MAX) {
      addUp(key, gathered);
      numbers.remove(key);
    }
  }

  private void addUp(Key key, List<Extreme> gathered) {
    Aggregation.Field field = followed.get(key.field());
    if (field != null) {
      added.merge(key, Series.of(gathered, field.buckets()), Series::plus);
    }
  }

  /** What was gathered; empty when no result had a followed field. */
  public List<Entry> entries() {
    numbers.forEach(this::addUp);
    numbers.clear();
    List<Entry> entries = new ArrayList<>();
    added.forEach((key, sum) -> entries.add(new Entry(key.field(), key.variant(), sum)));
    return entries;
  }
}
