package dev.muster.gateway.submission;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.webhook.WebhookKinds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads requests about webhook endpoints. All that is wrong is found at once. */
public final class EndpointReader {
  private static final int DESCRIPTION_MAX = 256;
  private static final int KINDS_MAX = 50;
  private static final int OVERLAP_SECONDS_MAX = 604_800;

  /** How long an old secret goes on signing unless it is said: a day. */
  public static final long OVERLAP_SECONDS = 86_400;

  private EndpointReader() {}

  /**
   * What a request wants of an endpoint.
   *
   * @param value the outcome; null when something is wrong
   * @param errors everything that is wrong
   * @param <T> what is wanted
   */
  public record Read<T>(@Nullable T value, List<FieldError> errors) {}

  /**
   * An endpoint as a user wants it; null keeps what is, or takes the default of a new one.
   *
   * @param url where to
   * @param events kinds it subscribes to
   * @param description for people
   * @param enabled whether anything is sent
   */
  public record Wish(
      @Nullable String url,
      @Nullable List<String> events,
      @Nullable String description,
      @Nullable Boolean enabled) {}

  /**
   * Reads a new endpoint, or changes to one.
   *
   * @param urlRequired whether the URL must be there
   */
  public static Read<Wish> read(JsonValue root, boolean urlRequired, EgressRules egress) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields object)) {
      errors.add(new FieldError("", "type", "Expected an object, but got " + root.kind().words()));
      return new Read<>(null, errors);
    }
    FieldReader fields = new FieldReader(object, "", errors);
    String url = UrlReader.read(fields, "url", egress);
    if (urlRequired && !fields.has("url")) {
      fields.error("url", "required", "Expected the URL to send to");
    }
    List<String> events = null;
    if (fields.has("events")) {
      events =
          fields.texts(
              "events",
              1,
              KINDS_MAX,
              WebhookKinds.ALL::contains,
              "one of " + String.join(", ", WebhookKinds.ALL));
      events = List.copyOf(new LinkedHashSet<>(events));
    }
    Wish wish = new Wish(url, events, fields.text("description", DESCRIPTION_MAX), flag(fields));
    fields.refuseUnknown();
    return new Read<>(errors.isEmpty() ? wish : null, errors);
  }

  private static @Nullable Boolean flag(FieldReader fields) {
    JsonValue value = fields.value("enabled");
    if (value == null) {
      return null;
    }
    if (value.kind() != JsonValue.Kind.BOOLEAN) {
      fields.wrongKind("enabled", JsonValue.Kind.BOOLEAN, value);
      return null;
    }
    // "true" has four characters, "false" five.
    return value.end() - value.start() == 4;
  }

  /** The refusal of a request; a URL that may not be called names the problem. */
  public static Parsed.Refused refused(List<FieldError> errors) {
    boolean url = errors.size() == 1 && errors.getFirst().code().equals(UrlReader.NOT_ALLOWED);
    return new Parsed.Refused(url ? UrlReader.NOT_ALLOWED : "validation", errors);
  }

  /** Reads for how many seconds the old secret goes on signing; a day unless it is said. */
  public static Read<Long> overlapSeconds(JsonValue root) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields object)) {
      errors.add(new FieldError("", "type", "Expected an object, but got " + root.kind().words()));
      return new Read<>(null, errors);
    }
    FieldReader fields = new FieldReader(object, "", errors);
    long seconds = fields.integer("overlap_s", 0, OVERLAP_SECONDS_MAX, OVERLAP_SECONDS);
    fields.refuseUnknown();
    return new Read<>(errors.isEmpty() ? seconds : null, errors);
  }
}
