package dev.muster.gateway.submission;

import dev.muster.contracts.job.FanOut;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code payload}: what is kept of it, what is shown, and whether each task's part fits. */
final class PayloadReader {
  private static final List<String> RESERVED =
      List.of("_fan_out", "_batch", "_chunk", "_sweep", "_benchmark", "_reduce", "_federated");

  /** Room for the members that planning adds to a task's payload. */
  private static final int MARKERS_BYTES = 1024;

  private PayloadReader() {}

  /**
   * The payload in its two forms.
   *
   * @param base without the member that fan-out fills in
   * @param shown as submitted where that is another text and short enough to be shown, else null
   * @param omitted the member that is not shown because of its size, else null
   */
  record Texts(String base, @Nullable String shown, @Nullable String omitted) {}

  static JsonValue.@Nullable Fields object(FieldReader job) {
    JsonValue value = job.value("payload");
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonValue.Fields fields)) {
      job.wrongKind("payload", JsonValue.Kind.OBJECT, value);
      return null;
    }
    for (String name : RESERVED) {
      if (fields.members().containsKey(name)) {
        job.errorBelow(
            "/payload/" + name, "reserved", "Expected another name, since planning sets this one");
      }
    }
    return fields;
  }

  static Texts texts(
      FieldReader job, JsonValue.@Nullable Fields payload, FanOut fanOut, Source source) {
    if (payload == null) {
      return new Texts("{}", null, null);
    }
    String field = fanOut.field();
    boolean filledIn = field != null && payload.members().containsKey(field);
    int bytes = payload.end() - payload.start();
    if (field != null && filledIn) {
      String base = without(payload, field, source);
      boolean fits = bytes <= Limits.PAYLOAD_BYTES_MAX;
      return new Texts(
          base, fits ? source.slice(payload.start(), payload.end()) : null, fits ? null : field);
    }
    if (bytes > Limits.PAYLOAD_BYTES_MAX) {
      tooLarge(job, "payload");
      return new Texts("{}", null, null);
    }
    return new Texts(source.slice(payload.start(), payload.end()), null, null);
  }

  /** The object's text without one member; the others stay byte for byte. */
  private static String without(JsonValue.Fields object, String field, Source source) {
    StringBuilder text = new StringBuilder("{");
    for (Map.Entry<String, JsonValue.Member> member : object.members().entrySet()) {
      if (!member.getKey().equals(field)) {
        text.append(text.length() == 1 ? "" : ",")
            .append(source.slice(member.getValue().nameStart(), member.getValue().value().end()));
      }
    }
    return text.append('}').toString();
  }

  static void checkSizes(
      FieldReader job, FanOut fanOut, @Nullable Elements items, int batchSize, String base) {
    long baseBytes = base.getBytes(StandardCharsets.UTF_8).length;
    if (items == null) {
      if (baseBytes > Limits.PAYLOAD_BYTES_MAX) {
        tooLarge(job, "payload");
      }
      return;
    }
    // A batch by a field holds its items twice: in the field and in _batch.
    int copies = batchSize > 0 && fanOut.shape() == FanOut.Shape.BY ? 2 : 1;
    long own =
        fanOut.shape() == FanOut.Shape.ITEMS && batchSize == 0 ? 0 : baseBytes + MARKERS_BYTES;
    int perTask = Math.max(1, batchSize);
    for (int first = 0; first < items.count(); first += perTask) {
      long bytes = own;
      for (int item = first; item < Math.min(items.count(), first + perTask); item++) {
        bytes += (long) copies * (items.bytes(item) + 1);
      }
      if (bytes > Limits.PAYLOAD_BYTES_MAX + MARKERS_BYTES) {
        job.errorBelow(
            fanOut.shape() == FanOut.Shape.ITEMS ? "/fan_out/items" : "/fan_out/by",
            "max-bytes",
            "Expected at most "
                + Limits.PAYLOAD_BYTES_MAX
                + " bytes of payload per task, but task "
                + first / perTask
                + " has more");
        return;
      }
    }
  }

  private static void tooLarge(FieldReader job, String name) {
    job.error(
        name, "max-bytes", "Expected at most " + Limits.PAYLOAD_BYTES_MAX + " bytes per task");
  }
}
