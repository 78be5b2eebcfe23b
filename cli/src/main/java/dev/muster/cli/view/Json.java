package dev.muster.cli.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON value in memory. Absent fields and {@code null} read as empty, because the client shows
 * what is there and old servers may leave fields out. Numbers keep the digits they were written
 * with.
 */
public final class Json {
  /** The absent value: what a missing field or {@code null} reads as. */
  public static final Json NULL = new Json(new Literal("null"));

  /**
   * A number, boolean or null as it stands in the text.
   *
   * @param text its characters
   */
  record Literal(String text) {}

  private final Object raw;

  private Json(Object raw) {
    this.raw = raw;
  }

  static Json object(Map<String, Json> fields) {
    return new Json(fields);
  }

  static Json array(List<Json> items) {
    return new Json(items);
  }

  /** A string value. */
  public static Json string(String value) {
    return new Json(value);
  }

  static Json literal(String text) {
    return text.equals("null") ? NULL : new Json(new Literal(text));
  }

  /** The field of an object, {@link #NULL} when it is absent or this is no object. */
  public Json at(String field) {
    return fields().getOrDefault(field, NULL);
  }

  /** A field as text: a string's characters, a number's digits, empty when absent. */
  public String text(String field) {
    return at(field).text();
  }

  /** This value as text: a string's characters, a literal's digits or word, empty for null. */
  public String text() {
    if (raw instanceof String text) {
      return text;
    }
    return raw instanceof Literal literal && this != NULL ? literal.text() : "";
  }

  /** A field as a whole number, 0 when it is absent or none. */
  public long integer(String field) {
    return (long) number(field);
  }

  /** A field as a number, 0 when it is absent or none. */
  public double number(String field) {
    if (at(field).raw instanceof Literal(String digits) && isNumber(digits)) {
      return Double.parseDouble(digits);
    }
    return 0;
  }

  /** Whether a field is {@code true}. */
  public boolean flag(String field) {
    return text(field).equals("true");
  }

  /** The elements of an array field, none when it is absent or no array. */
  public List<Json> list(String field) {
    return at(field).items();
  }

  /** The elements of this array, none when it is no array. */
  @SuppressWarnings("unchecked") // an array holds nothing but Json, see array()
  public List<Json> items() {
    return raw instanceof List<?> items ? (List<Json>) items : List.of();
  }

  /** The fields of this object in their order, none when it is no object. */
  @SuppressWarnings("unchecked") // an object holds nothing but Json, see object()
  public Map<String, Json> fields() {
    return raw instanceof Map<?, ?> fields ? (Map<String, Json>) fields : Map.of();
  }

  public boolean isNull() {
    return this == NULL;
  }

  public boolean isObject() {
    return raw instanceof Map;
  }

  public boolean isArray() {
    return raw instanceof List;
  }

  public boolean isString() {
    return raw instanceof String;
  }

  /** The same object with one field's array extended, for pages that are put together. */
  public Json withMore(String field, List<Json> more) {
    var all = new ArrayList<>(list(field));
    all.addAll(more);
    return with(field, array(all));
  }

  /** The same object with one field set. */
  public Json with(String field, Json value) {
    var fields = new java.util.LinkedHashMap<>(fields());
    fields.put(field, value);
    return object(fields);
  }

  /** Compact JSON text. */
  @Override
  public String toString() {
    return JsonText.compact(this);
  }

  private static boolean isNumber(String digits) {
    char first = digits.charAt(0);
    return first == '-' || (first >= '0' && first <= '9');
  }
}
