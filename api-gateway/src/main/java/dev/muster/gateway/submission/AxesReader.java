package dev.muster.gateway.submission;

import dev.muster.contracts.job.Sweep.Axis;
import dev.muster.contracts.job.Sweep.Draw;
import dev.muster.contracts.job.Sweep.Law;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads axes: an array holds the values of one, an object holds axes further down, and in a random
 * sweep {@code {"uniform": [low, high]}} and its like draw numbers.
 */
final class AxesReader {
  private static final int AXES_MAX = 32;
  private static final int DEPTH_MAX = 8;
  private static final Map<String, Law> LAWS =
      Map.of("uniform", Law.UNIFORM, "log_uniform", Law.LOG_UNIFORM, "integers", Law.INTEGERS);

  /** Beyond this, doubles do not tell whole numbers apart. */
  private static final double WHOLE_MAX = 1L << 53;

  private final FieldReader fields;
  private final String name;
  private final boolean random;
  private final JsonValue.@Nullable Fields payload;
  private final Source source;
  private final List<Axis> axes = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();

  AxesReader(
      FieldReader fields,
      String name,
      boolean random,
      JsonValue.@Nullable Fields payload,
      Source source) {
    this.fields = fields;
    this.name = name;
    this.random = random;
    this.payload = payload;
    this.source = source;
  }

  /** The axes in their order; empty where something is wrong, which is noted. */
  List<Axis> read() {
    if (!(fields.value(name) instanceof JsonValue.Fields root)) {
      fields.error(name, "type", "Expected an object of axes");
      return List.of();
    }
    if (root.end() - root.start() > Limits.DESIGN_BYTES_MAX) {
      fields.error(name, "max-bytes", "Expected at most " + Limits.DESIGN_BYTES_MAX + " bytes");
      return List.of();
    }
    if (!isFree(fields, "/" + name, root.members().keySet(), payload)) {
      return List.of();
    }
    branch(List.of(), root);
    if (errors.isEmpty() && axes.size() > AXES_MAX) {
      wrong("", "max-items", "Expected at most " + AXES_MAX + " axes, but got " + axes.size());
    }
    return !errors.isEmpty() ? List.of() : List.copyOf(axes);
  }

  /** Whether the payload has none of these names, nor has planning; what is taken is noted. */
  static boolean isFree(
      FieldReader fields,
      String path,
      Collection<String> names,
      JsonValue.@Nullable Fields payload) {
    boolean free = true;
    for (String one : names) {
      boolean reserved = one.startsWith("_");
      if (reserved || (payload != null && payload.members().containsKey(one))) {
        fields.errorBelow(
            FieldError.at(path, Names.shown(one)),
            reserved ? "reserved" : "conflict",
            reserved
                ? "Expected a name without a leading underscore, which planning uses"
                : "Expected a name that the payload does not have, since both cannot be");
        free = false;
      }
    }
    return free;
  }

  private void branch(List<String> path, JsonValue.Fields branch) {
    if (branch.members().isEmpty() || path.size() >= DEPTH_MAX) {
      wrong(at(path), "min-items", "Expected axes, at most " + DEPTH_MAX + " levels deep");
    }
    branch
        .members()
        .forEach((one, member) -> {
          List<String> below = new ArrayList<>(path);
          below.add(one);
          switch (member.value()) {
            case JsonValue.Items items -> values(below, items);
            case JsonValue.Fields nested when random && isDraw(nested) -> draw(below, nested);
            case JsonValue.Fields nested when below.size() < DEPTH_MAX -> branch(below, nested);
            case JsonValue other ->
                wrong(
                    at(below),
                    "type",
                    "Expected an array of values, but got " + other.kind().words());
          }
        });
  }

  private void values(List<String> path, JsonValue.Items items) {
    if (items.count() == 0 || items.count() > Limits.ELEMENTS_KEPT) {
      wrong(
          at(path),
          items.count() == 0 ? "min-items" : "max-items",
          "Expected 1 to " + Limits.ELEMENTS_KEPT + " values, but got " + items.count());
      return;
    }
    axes.add(
        new Axis(
            path,
            items.elements().stream().map(v -> source.slice(v.start(), v.end())).toList(),
            null));
  }

  private static boolean isDraw(JsonValue.Fields fields) {
    return fields.members().size() == 1
        && LAWS.containsKey(fields.members().keySet().iterator().next());
  }

  private void draw(List<String> path, JsonValue.Fields fields) {
    var member = fields.members().entrySet().iterator().next();
    Law law = LAWS.get(member.getKey());
    if (law == null
        || !(member.getValue().value() instanceof JsonValue.Items bounds)
        || bounds.count() != 2
        || !(bounds.elements().get(0) instanceof JsonValue.Numeral low)
        || !(bounds.elements().get(1) instanceof JsonValue.Numeral high)) {
      wrong(at(path), "type", "Expected two numbers, the least and the greatest value");
      return;
    }
    double from = Double.parseDouble(low.literal());
    double to = Double.parseDouble(high.literal());
    boolean whole = from == Math.rint(from) && to == Math.rint(to);
    if (!Double.isFinite(to - from)
        || from >= to
        || (law == Law.LOG_UNIFORM && from <= 0)
        || (law == Law.INTEGERS
            && !(whole && Math.abs(from) <= WHOLE_MAX && Math.abs(to) <= WHOLE_MAX))) {
      wrong(
          at(path),
          "range",
          "Expected the least value below the greatest, above 0 for log_uniform, whole for"
              + " integers");
      return;
    }
    axes.add(new Axis(path, List.of(), new Draw(law, from, to)));
  }

  private String at(List<String> path) {
    String pointer = "";
    for (String one : path) {
      pointer = FieldError.at(pointer, Names.shown(one));
    }
    return pointer;
  }

  private void wrong(String path, String code, String detail) {
    errors.add(path);
    fields.errorBelow("/" + name + path, code, detail);
  }
}
