package dev.muster.cli.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/** Reads and writes {@link Json}. */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /** Why a text is no JSON document; the message names line and column. */
  public static final class BadJsonException extends Exception {
    private static final long serialVersionUID = 1;

    BadJsonException(String message) {
      super(message);
    }
  }

  /**
   * Reads one document of UTF-8 text.
   *
   * @throws BadJsonException when it is none, or something follows it
   */
  public static Json parse(byte[] text) throws BadJsonException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new BadJsonException("it is empty");
      }
      Json value = value(parser);
      if (parser.nextToken() != null) {
        throw new BadJsonException(
            "something follows the document in line " + parser.currentTokenLocation().getLineNr());
      }
      return value;
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : "line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ": ";
      throw new BadJsonException(where + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("Expected to read an array in memory, but it failed", e);
    }
  }

  private static Json value(JsonParser parser) throws IOException, BadJsonException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        var items = new ArrayList<Json>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield Json.array(items);
      }
      case VALUE_STRING -> Json.string(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL ->
          Json.literal(parser.getText());
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new BadJsonException("a value is missing");
    };
  }

  private static Json object(JsonParser parser) throws IOException, BadJsonException {
    var fields = new LinkedHashMap<String, Json>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return Json.object(fields);
  }

  /** One line, no spaces. */
  public static String compact(Json value) {
    var out = new StringBuilder();
    write(out, value, -1);
    return out.toString();
  }

  /** Indented by two spaces, without a line end. */
  public static String pretty(Json value) {
    var out = new StringBuilder();
    write(out, value, 0);
    return out.toString();
  }

  /** A JSON string literal with its quotes. */
  public static String quote(String text) {
    var out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // Control characters of both blocks: a terminal would obey them.
          if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static void write(StringBuilder out, Json value, int indent) {
    if (value.isObject()) {
      writeObject(out, value, indent);
    } else if (value.isArray()) {
      writeArray(out, value, indent);
    } else if (value.isString()) {
      out.append(quote(value.text()));
    } else {
      out.append(value.isNull() ? "null" : value.text());
    }
  }

  private static void writeObject(StringBuilder out, Json value, int indent) {
    int inner = indent < 0 ? -1 : indent + 1;
    String separator = "";
    out.append('{');
    for (var field : value.fields().entrySet()) {
      out.append(separator);
      newLine(out, inner);
      out.append(quote(field.getKey())).append(indent < 0 ? ":" : ": ");
      write(out, field.getValue(), inner);
      separator = ",";
    }
    if (!separator.isEmpty()) {
      newLine(out, indent);
    }
    out.append('}');
  }

  private static void writeArray(StringBuilder out, Json value, int indent) {
    int inner = indent < 0 ? -1 : indent + 1;
    String separator = "";
    out.append('[');
    for (Json item : value.items()) {
      out.append(separator);
      newLine(out, inner);
      write(out, item, inner);
      separator = ",";
    }
    if (!separator.isEmpty()) {
      newLine(out, indent);
    }
    out.append(']');
  }

  private static void newLine(StringBuilder out, int indent) {
    if (indent >= 0) {
      out.append('\n').repeat("  ", indent);
    }
  }
}
