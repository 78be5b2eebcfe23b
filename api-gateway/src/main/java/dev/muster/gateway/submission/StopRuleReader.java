package dev.muster.gateway.submission;

import dev.muster.contracts.job.StopRule;
import dev.muster.contracts.job.StopRule.Bounds;
import dev.muster.contracts.job.StopRule.Op;
import dev.muster.contracts.job.StopRule.Sequential;
import dev.muster.contracts.job.StopRule.Stat;
import dev.muster.contracts.job.StopRule.Threshold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code stop_when}: the conditions that end a job early. */
final class StopRuleReader {
  private static final int RULES_MAX = 8;
  private static final double CONFIDENCE = 0.95;
  private static final int SEQUENTIAL_MIN = 30;
  private static final List<String> THRESHOLD = List.of("stat", "op", "value");
  private static final List<String> SEQUENTIAL =
      List.of("narrower_than", "excludes", "confidence", "within");

  private StopRuleReader() {}

  /**
   * The rules; what is wrong is noted.
   *
   * @param followed fields that are followed
   * @param variants strategies of a benchmark
   */
  static List<StopRule> read(
      FieldReader job, String type, Set<String> followed, Set<String> variants) {
    if (!job.has("stop_when")) {
      return List.of();
    }
    if (type.equals(JobType.MAP_REDUCE)) {
      job.error(
          "stop_when", "exclusive", "Expected no stop_when, since reducing needs all results");
    }
    List<StopRule> rules = new ArrayList<>();
    List<JsonValue> elements = job.array("stop_when", 1, RULES_MAX);
    for (int i = 0; i < elements.size(); i++) {
      if (!(elements.get(i) instanceof JsonValue.Fields object)) {
        job.errorBelow("/stop_when/" + i, "type", "Expected an object");
        continue;
      }
      FieldReader fields = job.element("stop_when", i, object);
      StopRule rule = rule(fields, followed, variants);
      fields.refuseUnknown();
      if (rule != null) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private static @Nullable StopRule rule(
      FieldReader fields, Set<String> followed, Set<String> variants) {
    String metric = fields.text("metric", AggregationReader.NAME_MAX);
    if (!fields.has("metric")) {
      fields.error("metric", "required", "Expected the field it is about");
    } else if (metric != null && !followed.contains(metric)) {
      fields.error(
          "metric",
          "unknown-metric",
          "Expected a field of aggregate.fields or the metric of the job");
      metric = null;
    }
    String variant = fields.text("variant", 64);
    if (variant != null && !variants.contains(variant)) {
      fields.error("variant", "unknown-variant", "Expected a strategy of the benchmark");
    }
    boolean threshold = THRESHOLD.stream().filter(fields::has).count() > 0;
    boolean sequential = SEQUENTIAL.stream().filter(fields::has).count() > 0;
    if (threshold == sequential) {
      fields.has("min_count");
      fields.error(
          "", "exclusive", "Expected either op and value, or one of narrower_than and excludes");
      return null;
    }
    long min =
        fields.integer(
            "min_count", threshold ? 1 : 2, Limits.TASKS_MAX, threshold ? 1 : SEQUENTIAL_MIN);
    Threshold passes = threshold ? threshold(fields) : null;
    Sequential known = sequential ? sequential(fields) : null;
    return metric == null || (passes == null && known == null)
        ? null
        : new StopRule(metric, variant, (int) min, passes, known);
  }

  private static @Nullable Threshold threshold(FieldReader fields) {
    Stat stat = choice(fields, "stat", Stat.values(), s -> s.name().toLowerCase(Locale.ROOT));
    Op op = choice(fields, "op", Op.values(), Op::sign);
    Double value = fields.number("value");
    for (String name : List.of("op", "value")) {
      if (!fields.has(name)) {
        fields.error(name, "required", "Expected op and value together");
      }
    }
    boolean wrong = fields.has("stat") && stat == null;
    return op == null || value == null || wrong
        ? null
        : new Threshold(stat == null ? Stat.MEAN : stat, op, value);
  }

  private static <T> @Nullable T choice(
      FieldReader fields, String name, T[] choices, Function<T, String> word) {
    String words = "one of " + Arrays.stream(choices).map(word).collect(Collectors.joining(", "));
    String text =
        fields.text(
            name, 8, t -> Arrays.stream(choices).anyMatch(c -> word.apply(c).equals(t)), words);
    return text == null
        ? null
        : Arrays.stream(choices).filter(c -> word.apply(c).equals(text)).findFirst().orElse(null);
  }

  private static @Nullable Sequential sequential(FieldReader fields) {
    Double width = fields.number("narrower_than");
    Double excluded = fields.number("excludes");
    if (!fields.has("narrower_than") && !fields.has("excludes")) {
      fields.error("narrower_than", "required", "Expected narrower_than or excludes");
      return null;
    }
    if (width != null && width <= 0) {
      fields.error("narrower_than", "range", "Expected a width above 0");
      return null;
    }
    Double told = fields.number("confidence");
    if (told != null && !(told >= 0.5 && told <= 0.999999)) {
      fields.error("confidence", "range", "Expected a confidence from 0.5 to 0.999999");
      return null;
    }
    Bounds within = within(fields);
    boolean wrong = (fields.has("within") && within == null) || (width == null && excluded == null);
    return wrong ? null : new Sequential(told == null ? CONFIDENCE : told, width, excluded, within);
  }

  private static @Nullable Bounds within(FieldReader fields) {
    if (!fields.has("within")) {
      return null;
    }
    List<JsonValue> ends = fields.array("within", 2, 2);
    if (ends.size() != 2) {
      return null;
    }
    if (!(ends.get(0) instanceof JsonValue.Numeral least)
        || !(ends.get(1) instanceof JsonValue.Numeral greatest)) {
      fields.error("within", "type", "Expected two numbers, the least and the greatest value");
      return null;
    }
    double low = Double.parseDouble(least.literal());
    double high = Double.parseDouble(greatest.literal());
    if (!(low < high) || !Double.isFinite(high - low)) {
      fields.error("within", "range", "Expected the least value below the greatest");
      return null;
    }
    return new Bounds(low, high);
  }
}
