package dev.muster.gateway.submission;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.TargetUrl;
import org.jspecify.annotations.Nullable;

/** Reads a URL that Muster is to call. */
final class UrlReader {
  /** The rule that a URL breaks; alone it is the problem's code as well. */
  static final String NOT_ALLOWED = "url-not-allowed";

  private UrlReader() {}

  /** The URL, rebuilt from its parts; null when it is absent or refused. */
  static @Nullable String read(FieldReader object, String name, EgressRules rules) {
    JsonValue value = object.value(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonValue.Text text)) {
      object.wrongKind(name, JsonValue.Kind.TEXT, value);
      return null;
    }
    return switch (TargetUrl.check(text.text(), rules)) {
      case TargetUrl.Checked.Allowed allowed -> allowed.url().toString();
      case TargetUrl.Checked.Refused refused -> {
        object.error(name, NOT_ALLOWED, refused.reason());
        yield null;
      }
    };
  }
}
