package dev.muster.gateway.submission;

import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.job.Sweep.Axis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the points of a sweep: exactly one of {@code grid}, {@code random} with {@code samples} and
 * {@code seed}, and {@code list}. Their number is known before anything is made of them.
 */
final class SweepReader {
  private final FieldReader fields;
  private final JsonValue.@Nullable Fields payload;
  private final Source source;

  private SweepReader(FieldReader fields, JsonValue.@Nullable Fields payload, Source source) {
    this.fields = fields;
    this.payload = payload;
    this.source = source;
  }

  /** The sweep, or null where something is wrong, which is noted. */
  static @Nullable Sweep read(
      FieldReader fields, JsonValue.@Nullable Fields payload, Source source) {
    return new SweepReader(fields, payload, source).sweep();
  }

  private @Nullable Sweep sweep() {
    boolean grid = fields.has("grid");
    boolean random = fields.has("random");
    boolean list = fields.has("list");
    int kinds = (grid ? 1 : 0) + (random ? 1 : 0) + (list ? 1 : 0);
    if (kinds != 1) {
      fields.error(
          "", "exclusive", "Expected exactly one of grid, random and list, but got " + kinds);
      return null;
    }
    Long samples = fields.integer("samples", 1, Limits.LISTED_ITEMS_MAX);
    Long seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    if (!random && (fields.has("samples") || fields.has("seed"))) {
      fields.error(
          fields.has("samples") ? "samples" : "seed", "exclusive", "Expected it with random only");
      return null;
    }
    if (list) {
      return listed();
    }
    if (random && !fields.has("samples")) {
      fields.error("samples", "required", "Expected how many points to draw");
    }
    String name = grid ? "grid" : "random";
    List<Axis> axes = new AxesReader(fields, name, random, payload, source).read();
    if (axes.isEmpty()) {
      return null;
    }
    if (random) {
      if (samples == null) {
        return null;
      }
      return new Sweep(
          Sweep.Method.RANDOM, axes, List.of(), samples.intValue(), seed == null ? 0 : seed);
    }
    long product = 1;
    for (Axis axis : axes) {
      product *= axis.values().size(); // at most 10^5 times 10^3, so nothing overflows
      if (product > Limits.LISTED_ITEMS_MAX) {
        fields.error(
            name,
            "fan-out-limit",
            "Expected at most " + Limits.LISTED_ITEMS_MAX + " combinations, but there are more");
        return null;
      }
    }
    return new Sweep(Sweep.Method.GRID, axes, List.of(), (int) product, 0);
  }

  private @Nullable Sweep listed() {
    JsonValue value = fields.value("list");
    if (!(value instanceof JsonValue.Items items)) {
      fields.error("list", "type", "Expected an array of objects");
      return null;
    }
    if (items.count() == 0 || items.count() > Limits.ELEMENTS_KEPT) {
      fields.error(
          "list",
          "fan-out-limit",
          "Expected 1 to " + Limits.ELEMENTS_KEPT + " points, but got " + items.count());
      return null;
    }
    if (items.end() - items.start() > Limits.DESIGN_BYTES_MAX) {
      fields.error("list", "max-bytes", "Expected at most " + Limits.DESIGN_BYTES_MAX + " bytes");
      return null;
    }
    List<String> points = new ArrayList<>();
    for (int i = 0; i < items.count(); i++) {
      if (!(items.elements().get(i) instanceof JsonValue.Fields point)) {
        fields.errorBelow("/list/" + i, "type", "Expected an object");
      } else if (AxesReader.isFree(fields, "/list/" + i, point.members().keySet(), payload)) {
        points.add(source.slice(point.start(), point.end()));
      }
    }
    return points.size() == items.count()
        ? new Sweep(Sweep.Method.LIST, List.of(), points, points.size(), 0)
        : null;
  }
}
