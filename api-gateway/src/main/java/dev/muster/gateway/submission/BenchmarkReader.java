package dev.muster.gateway.submission;

import dev.muster.contracts.job.Benchmark;
import dev.muster.contracts.job.Benchmark.Strategy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code strategies}, {@code inputs} and {@code repeats} of a benchmark. */
final class BenchmarkReader {
  private static final int STRATEGIES_MAX = 50;
  private static final int NAME_MAX = 64;
  private static final int REPEATS_MAX = 1_000;

  private BenchmarkReader() {}

  /** The benchmark, or null where something is wrong, which is noted. */
  static @Nullable Benchmark read(
      FieldReader job, JsonValue.@Nullable Fields payload, Source source) {
    Set<String> taken = new HashSet<>();
    List<Strategy> strategies = strategies(job, payload, source, taken);
    List<String> inputs = inputs(job, payload, source, taken);
    Long repeats = job.integer("repeats", 1, REPEATS_MAX);
    if (strategies.isEmpty() || inputs.isEmpty() || (repeats == null && job.has("repeats"))) {
      return null;
    }
    long times = repeats == null ? 1 : repeats;
    if (times * strategies.size() * inputs.size() > Limits.LISTED_ITEMS_MAX) {
      job.error(
          "strategies",
          "fan-out-limit",
          "Expected at most "
              + Limits.LISTED_ITEMS_MAX
              + " tasks: strategies times inputs times repeats");
      return null;
    }
    return new Benchmark(strategies, inputs, (int) times);
  }

  private static List<Strategy> strategies(
      FieldReader job, JsonValue.@Nullable Fields payload, Source source, Set<String> taken) {
    JsonValue value = job.value("strategies");
    if (!(value instanceof JsonValue.Fields named)) {
      job.error(
          "strategies",
          value == null ? "required" : "type",
          "Expected an object with the payload of each strategy by its name");
      return List.of();
    }
    int count = named.members().size();
    if (count < 2 || count > STRATEGIES_MAX || tooLong(named)) {
      job.error(
          "strategies",
          count < 2 ? "min-items" : "max-items",
          "Expected 2 to "
              + STRATEGIES_MAX
              + " strategies in at most "
              + Limits.DESIGN_BYTES_MAX
              + " bytes");
      return List.of();
    }
    List<Strategy> strategies = new ArrayList<>();
    for (Map.Entry<String, JsonValue.Member> member : named.members().entrySet()) {
      String name = member.getKey();
      String path = FieldError.at("/strategies", Names.shown(name));
      if (name.length() > NAME_MAX || !Names.isDisplaySafe(name)) {
        job.errorBelow(
            path, "format", "Expected a visible name of 1 to " + NAME_MAX + " characters");
      } else if (!(member.getValue().value() instanceof JsonValue.Fields own)) {
        job.errorBelow(path, "type", "Expected an object");
      } else if (AxesReader.isFree(job, path, own.members().keySet(), payload)) {
        taken.addAll(own.members().keySet());
        strategies.add(new Strategy(name, source.slice(own.start(), own.end())));
      }
    }
    return strategies.size() == count ? strategies : List.of();
  }

  private static List<String> inputs(
      FieldReader job, JsonValue.@Nullable Fields payload, Source source, Set<String> taken) {
    JsonValue value = job.value("inputs");
    if (value == null) {
      return List.of("{}");
    }
    if (!(value instanceof JsonValue.Items items)) {
      job.wrongKind("inputs", JsonValue.Kind.ARRAY, value);
      return List.of();
    }
    if (items.count() == 0 || items.count() > Limits.ELEMENTS_KEPT || tooLong(items)) {
      job.error(
          "inputs",
          items.count() == 0 ? "min-items" : "max-items",
          "Expected 1 to "
              + Limits.ELEMENTS_KEPT
              + " inputs in at most "
              + Limits.DESIGN_BYTES_MAX
              + " bytes");
      return List.of();
    }
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < items.count(); i++) {
      String path = "/inputs/" + i;
      if (!(items.elements().get(i) instanceof JsonValue.Fields input)) {
        job.errorBelow(path, "type", "Expected an object");
      } else if (AxesReader.isFree(job, path, input.members().keySet(), payload)) {
        Set<String> twice = new HashSet<>(input.members().keySet());
        twice.retainAll(taken);
        if (!twice.isEmpty()) {
          job.errorBelow(path, "conflict", "Expected names that no strategy has");
          continue;
        }
        inputs.add(source.slice(input.start(), input.end()));
      }
    }
    return inputs.size() == items.count() ? inputs : List.of();
  }

  private static boolean tooLong(JsonValue value) {
    return value.end() - value.start() > Limits.DESIGN_BYTES_MAX;
  }
}
