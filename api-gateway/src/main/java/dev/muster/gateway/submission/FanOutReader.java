package dev.muster.gateway.submission;

import dev.muster.contracts.job.FanOut;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code fan_out} (S2-36 to S2-39): exactly one of {@code by}, {@code items} and {@code
 * chunks} with {@code total} and {@code range_field}.
 */
final class FanOutReader {
  private FanOutReader() {}

  /**
   * A fan-out and where its items lie.
   *
   * @param fanOut the shape
   * @param items the listed items, or null
   */
  record Read(FanOut fanOut, @Nullable Elements items) {
    static final Read NONE = new Read(FanOut.NONE, null);
  }

  /**
   * @param job the whole submission
   * @param payload its payload, or null when there is none
   */
  static Read read(FieldReader job, JsonValue.@Nullable Fields payload) {
    FieldReader fields = job.object("fan_out");
    if (fields == null) {
      return Read.NONE;
    }
    boolean by = fields.has("by");
    boolean items = fields.has("items");
    boolean chunks = fields.has("chunks");
    boolean range = chunks | fields.has("total") | fields.has("range_field");
    fields.refuseUnknown();
    int shapes = (by ? 1 : 0) + (items ? 1 : 0) + (range ? 1 : 0);
    if (shapes != 1) {
      fields.error(
          "",
          "fan-out-exclusive",
          "Expected exactly one of by, items, and chunks with total and range_field, but got "
              + shapes);
      return Read.NONE;
    }
    if (by) {
      return by(fields, payload);
    }
    return items ? items(fields, payload) : range(fields);
  }

  private static Read by(FieldReader fields, JsonValue.@Nullable Fields payload) {
    String field = fields.text("by", 256);
    if (field == null) {
      return Read.NONE;
    }
    if (field.equals("_fan_out") || field.equals("_batch") || field.equals("_chunk")) {
      fields.error("by", "reserved", "Expected a field of the payload that is not reserved");
      return Read.NONE;
    }
    JsonValue.Member member = payload == null ? null : payload.members().get(field);
    if (member == null
        || !(member.value() instanceof JsonValue.Opaque list)
        || list.kind() != JsonValue.Kind.ARRAY) {
      fields.error("by", "fan-out-by", "Expected the name of an array in the payload");
      return Read.NONE;
    }
    return listed(fields, "by", FanOut.Shape.BY, field, list.elements());
  }

  private static Read items(FieldReader fields, JsonValue.@Nullable Fields payload) {
    JsonValue value = fields.value("items");
    if (!(value instanceof JsonValue.Opaque list) || list.kind() != JsonValue.Kind.ARRAY) {
      fields.error("items", "type", "Expected an array of objects");
      return Read.NONE;
    }
    if (payload != null && !payload.members().isEmpty()) {
      fields.error(
          "items",
          "fan-out-payload",
          "Expected no payload beside items, since each item is the whole payload of its task");
    }
    if (list.elements().firstOther() >= 0) {
      fields.error(
          "items",
          "type",
          "Expected objects only, but element " + list.elements().firstOther() + " is none");
      return Read.NONE;
    }
    return listed(fields, "items", FanOut.Shape.ITEMS, null, list.elements());
  }

  private static Read listed(
      FieldReader fields,
      String name,
      FanOut.Shape shape,
      @Nullable String field,
      Elements elements) {
    if (elements.count() == 0 || elements.count() > Limits.LISTED_ITEMS_MAX) {
      fields.error(
          name,
          "fan-out-limit",
          "Expected 1 to " + Limits.LISTED_ITEMS_MAX + " items, but got " + elements.count());
      return Read.NONE;
    }
    return new Read(new FanOut(shape, field, elements.count(), 0), elements);
  }

  private static Read range(FieldReader fields) {
    Long chunks = fields.integer("chunks", 1, Limits.TASKS_MAX);
    Long total = fields.integer("total", 1, Limits.RANGE_MAX);
    String field = fields.text("range_field", 256);
    for (String name : new String[] {"chunks", "total", "range_field"}) {
      if (!fields.has(name)) {
        fields.error(name, "required", "Expected chunks, total and range_field together");
      }
    }
    if (field != null
        && (field.equals("_fan_out") || field.equals("_batch") || field.equals("_chunk"))) {
      fields.error("range_field", "reserved", "Expected a name that is not reserved");
    }
    if (chunks == null || total == null || field == null) {
      return Read.NONE;
    }
    if (chunks > total) {
      fields.error("chunks", "fan-out-limit", "Expected at most as many chunks as total");
      return Read.NONE;
    }
    return new Read(new FanOut(FanOut.Shape.CHUNKS, field, chunks.intValue(), total), null);
  }
}
