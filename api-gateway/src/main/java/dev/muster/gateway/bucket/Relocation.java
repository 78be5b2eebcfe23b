package dev.muster.gateway.bucket;

import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.FieldReader;
import dev.muster.gateway.submission.JsonValue;
import java.util.List;

/**
 * An object that is to have another key, or a folder: then both end in a slash.
 *
 * @param from where it is
 * @param to where it goes
 */
public record Relocation(String from, String to) {
  /**
   * Reads the wish.
   *
   * @param errors takes everything that is wrong
   * @return the wish; of no meaning when there are errors
   */
  public static Relocation read(JsonValue root, List<FieldError> errors) {
    if (!(root instanceof JsonValue.Fields fields)) {
      errors.add(new FieldError("", "type", "Expected an object"));
      return new Relocation("", "");
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String from = key(reader, "from");
    String to = key(reader, "to");
    reader.refuseUnknown();
    if (errors.isEmpty() && from.endsWith("/") != to.endsWith("/")) {
      reader.error("to", "kind", "Expected two keys or two folders, but one is the other");
    }
    if (errors.isEmpty() && from.endsWith("/") && (to.startsWith(from) || from.startsWith(to))) {
      reader.error("to", "inside", "Expected a folder that is not inside the other one");
    }
    return new Relocation(from, to);
  }

  private static String key(FieldReader reader, String name) {
    String text = reader.text(name, ObjectKey.BYTES_MAX);
    if (!reader.has(name)) {
      reader.error(name, "required", "Expected a key");
      return "";
    }
    if (text == null) {
      return "";
    }
    String key = text.startsWith("/") ? text.substring(1) : text;
    ObjectKey.complaint(key).ifPresent(complaint -> reader.error(name, "key", complaint));
    return key;
  }
}
