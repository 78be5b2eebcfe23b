package dev.muster.gateway.key;

import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A wish for a new API key.
 *
 * @param tenant whose key it will be; null for the caller's own tenant
 * @param label what people know it by, up to 100 characters
 * @param scopes what it will allow; reading and writing unless said otherwise
 * @param expiresAt when it ends; null for never
 */
public record KeyRequest(
    @Nullable String tenant, String label, Set<Scope> scopes, @Nullable Instant expiresAt) {
  private static final int LABEL_MAX = 100;

  public KeyRequest {
    scopes = Set.copyOf(scopes);
  }

  /** Reads {@code {"label": …, "scopes": […], "expires_at": …, "tenant": …}}; all may be absent. */
  public static Checked<KeyRequest> read(JsonValue root) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields fields)) {
      return new Checked.Invalid<>(List.of(TenantRequest.notAnObject(root)));
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String tenant = reader.text("tenant", 63, TenantRequest::isId, TenantRequest.ID_WORDS);
    String label = reader.text("label", LABEL_MAX);
    Set<Scope> scopes = scopes(reader);
    Instant expiresAt = instant(reader);
    reader.refuseUnknown();
    return errors.isEmpty()
        ? new Checked.Valid<>(
            new KeyRequest(tenant, label == null ? "key" : label, scopes, expiresAt))
        : new Checked.Invalid<>(errors);
  }

  private static Set<Scope> scopes(FieldReader reader) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    if (!reader.has("scopes")) {
      scopes.add(Scope.READ);
      scopes.add(Scope.WRITE);
      return scopes;
    }
    for (String word :
        reader.texts("scopes", 1, 3, w -> Scope.of(w).isPresent(), "read, write or admin")) {
      Scope.of(word).ifPresent(scopes::add);
    }
    return scopes;
  }

  private static @Nullable Instant instant(FieldReader reader) {
    String text = reader.text("expires_at", 40);
    if (text == null) {
      return null;
    }
    try {
      OffsetDateTime time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
      if (time.getYear() >= 1970 && time.getYear() <= 9999) {
        return time.toInstant();
      }
    } catch (DateTimeParseException e) {
      // told below, like a year that is out of range
    }
    reader.error("expires_at", "date", "Expected a time such as 2026-12-31T00:00:00Z");
    return null;
  }
}
