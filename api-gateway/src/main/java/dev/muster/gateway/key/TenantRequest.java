package dev.muster.gateway.key;

import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A wish for a new tenant.
 *
 * @param id its name for programs: 1 to 63 lower-case letters, digits and hyphens
 * @param name its name for people
 */
public record TenantRequest(String id, String name) {
  static final String ID_WORDS = "lower-case letters, digits and hyphens";
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final int NAME_MAX = 100;

  /** Reads {@code {"tenant": id, "name": text}}. */
  public static Checked<TenantRequest> read(JsonValue root) {
    List<FieldError> errors = new ArrayList<>();
    if (!(root instanceof JsonValue.Fields fields)) {
      return new Checked.Invalid<>(List.of(notAnObject(root)));
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String id = reader.text("tenant", 63, TenantRequest::isId, ID_WORDS);
    if (!reader.has("tenant")) {
      reader.error("tenant", "required", "Expected the tenant's name for programs");
    }
    String name = reader.text("name", NAME_MAX);
    reader.refuseUnknown();
    return id == null || !errors.isEmpty()
        ? new Checked.Invalid<>(errors)
        : new Checked.Valid<>(new TenantRequest(id, name == null ? id : name));
  }

  /** Whether a tenant can have this id. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  static FieldError notAnObject(JsonValue root) {
    return new FieldError("", "type", "Expected an object, but got " + root.kind().words());
  }
}
