package dev.muster.gateway.submission;

import dev.muster.contracts.job.Aggregation;
import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.StopRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code aggregate} and {@code stop_when}; the metric that ranks is followed unasked. */
final class AggregationReader {
  /** Most fields that are followed. */
  static final int FIELDS_MAX = 16;

  /** Most series: fields times strategies, those over all results included. */
  static final int SERIES_MAX = 64;

  /** Longest name of a field. */
  static final int NAME_MAX = 128;

  private static final int BUCKETS_MAX = 256;

  private AggregationReader() {}

  /**
   * What is followed, or null where nothing is, or where it is wrong, which is noted.
   *
   * @param design what is particular to the type
   */
  static @Nullable Aggregation read(FieldReader job, String type, @Nullable Design design) {
    Map<String, Aggregation.Field> fields = fields(job);
    if (design != null && design.objective() != null) {
      String metric = design.objective().metric();
      fields.putIfAbsent(metric, new Aggregation.Field(metric, null));
    }
    @Nullable Benchmark benchmark = design == null ? null : design.benchmark();
    List<StopRule> rules = StopRuleReader.read(job, type, fields.keySet(), variants(benchmark));
    int times = benchmark == null ? 1 : 1 + benchmark.strategies().size();
    if (fields.size() * times > SERIES_MAX && job.has("aggregate")) {
      job.error(
          "aggregate",
          "max-items",
          "Expected at most " + SERIES_MAX + " series: fields times strategies and all results");
      return null;
    }
    return fields.isEmpty() ? null : new Aggregation(List.copyOf(fields.values()), rules);
  }

  private static Set<String> variants(@Nullable Benchmark benchmark) {
    return benchmark == null
        ? Set.of()
        : Set.copyOf(benchmark.strategies().stream().map(Benchmark.Strategy::name).toList());
  }

  private static Map<String, Aggregation.Field> fields(FieldReader job) {
    Map<String, Aggregation.Field> fields = new LinkedHashMap<>();
    FieldReader aggregate = job.object("aggregate");
    if (aggregate == null) {
      return fields;
    }
    if (!aggregate.has("fields")) {
      aggregate.error("fields", "required", "Expected the result fields that are followed");
    }
    List<JsonValue> elements = aggregate.array("fields", 1, FIELDS_MAX);
    for (int i = 0; i < elements.size(); i++) {
      Aggregation.Field field = field(aggregate, i, elements.get(i));
      if (field != null && fields.putIfAbsent(field.name(), field) != null) {
        aggregate.errorBelow("/fields/" + i, "conflict", "Expected each field once");
      }
    }
    aggregate.refuseUnknown();
    return fields;
  }

  private static Aggregation.@Nullable Field field(
      FieldReader aggregate, int place, JsonValue element) {
    if (element instanceof JsonValue.Text text) {
      if (text.text().length() > NAME_MAX || !Names.isDisplaySafe(text.text())) {
        aggregate.errorBelow(
            "/fields/" + place,
            "format",
            "Expected visible text of 1 to " + NAME_MAX + " characters");
        return null;
      }
      return new Aggregation.Field(text.text(), null);
    }
    if (!(element instanceof JsonValue.Fields object)) {
      aggregate.errorBelow(
          "/fields/" + place, "type", "Expected a field's name, or an object with its name");
      return null;
    }
    FieldReader field = aggregate.element("fields", place, object);
    String name = field.text("name", NAME_MAX);
    if (!field.has("name")) {
      field.error("name", "required", "Expected the field's name");
    }
    FieldReader buckets = field.object("buckets");
    Aggregation.Linear linear = buckets == null ? null : linear(buckets);
    field.refuseUnknown();
    return name == null ? null : new Aggregation.Field(name, linear);
  }

  private static Aggregation.@Nullable Linear linear(FieldReader buckets) {
    List<String> missing = new ArrayList<>();
    for (String name : List.of("from", "to", "count")) {
      if (!buckets.has(name)) {
        missing.add(name);
      }
    }
    missing.forEach(name -> buckets.error(name, "required", "Expected from, to and count"));
    Double from = buckets.number("from");
    Double to = buckets.number("to");
    Long count = buckets.integer("count", 1, BUCKETS_MAX);
    buckets.refuseUnknown();
    if (from == null || to == null || count == null) {
      return null;
    }
    if (!(from < to) || !Double.isFinite(to - from)) {
      buckets.error("to", "range", "Expected to above from");
      return null;
    }
    return new Aggregation.Linear(from, to, count.intValue());
  }
}
