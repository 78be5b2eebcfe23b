package dev.muster.cli.view;

import java.util.Map;
import java.util.regex.Pattern;

/** Writes {@link Json} as YAML. Strings that could be read as something else are quoted. */
public final class Yaml {
  /**
   * What may stand bare: begins with a letter or slash, has no character with a meaning in YAML,
   * and is no word that a reader takes for a boolean or null.
   */
  private static final Pattern BARE = Pattern.compile("[A-Za-z/_][A-Za-z0-9/_.+-]*");

  private static final Pattern WORD = Pattern.compile("(?i)true|false|yes|no|on|off|null|y|n");

  private Yaml() {}

  /** One document, each line ended. */
  public static String of(Json value) {
    var out = new StringBuilder();
    if (isScalarLike(value)) {
      out.append(scalar(value)).append('\n');
    } else {
      write(out, value, 0);
    }
    return out.toString();
  }

  private static void write(StringBuilder out, Json value, int indent) {
    if (value.isArray()) {
      for (Json item : value.items()) {
        out.repeat("  ", indent).append("-");
        if (isScalarLike(item)) {
          out.append(' ').append(scalar(item)).append('\n');
        } else {
          writeFirstInline(out, item, indent + 1);
        }
      }
      return;
    }
    for (Map.Entry<String, Json> field : value.fields().entrySet()) {
      out.repeat("  ", indent).append(string(field.getKey())).append(':');
      writeValue(out, field.getValue(), indent);
    }
  }

  private static void writeValue(StringBuilder out, Json value, int indent) {
    if (isScalarLike(value)) {
      out.append(' ').append(scalar(value)).append('\n');
    } else {
      out.append('\n');
      write(out, value, indent + 1);
    }
  }

  /** The element of a list starts on the line of its dash. */
  private static void writeFirstInline(StringBuilder out, Json value, int indent) {
    var inner = new StringBuilder();
    write(inner, value, indent);
    out.append(' ').append(inner, indent * 2, inner.length());
  }

  private static boolean isScalarLike(Json value) {
    return !(value.isObject() && !value.fields().isEmpty())
        && !(value.isArray() && !value.items().isEmpty());
  }

  private static String scalar(Json value) {
    if (value.isObject()) {
      return "{}";
    }
    if (value.isArray()) {
      return "[]";
    }
    if (value.isString()) {
      return string(value.text());
    }
    return value.isNull() ? "null" : value.text();
  }

  private static String string(String text) {
    return BARE.matcher(text).matches() && !WORD.matcher(text).matches()
        ? text
        : JsonText.quote(text);
  }
}
