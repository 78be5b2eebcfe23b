package dev.muster.gateway.submission;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of one object and notes everything that is wrong. A wrong member reads like an
 * absent one, so that the rest is still looked at and all errors come at once.
 */
public final class FieldReader {
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");

  private final JsonValue.Fields object;
  private final String pointer;
  private final List<FieldError> errors;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param pointer JSON pointer to the object, empty for the whole body
   * @param errors where everything that is wrong is noted
   */
  public FieldReader(JsonValue.Fields object, String pointer, List<FieldError> errors) {
    this.object = object;
    this.pointer = pointer;
    this.errors = errors;
  }

  /** Notes that a member, or the object itself when the name is empty, is wrong. */
  public void error(String name, String code, String detail) {
    errors.add(
        new FieldError(name.isEmpty() ? pointer : FieldError.at(pointer, name), code, detail));
  }

  /** Notes an error deeper down; the path is a JSON pointer from this object on. */
  void errorBelow(String path, String code, String detail) {
    errors.add(new FieldError(pointer + path, code, detail));
  }

  /** Whether the member is there. */
  public boolean has(String name) {
    known.add(name);
    return object.members().containsKey(name);
  }

  /** The value as it is, or null when it is absent. */
  @Nullable JsonValue value(String name) {
    known.add(name);
    JsonValue.Member member = object.members().get(name);
    return member == null ? null : member.value();
  }

  /** The member as it is, or null when it is absent. */
  JsonValue.@Nullable Member member(String name) {
    known.add(name);
    return object.members().get(name);
  }

  /** Visible text, or null when it is absent. */
  public @Nullable String text(String name, int charactersMax) {
    return text(name, charactersMax, Names::isDisplaySafe, "visible text");
  }

  /** Text that meets the form, or null when it is absent. */
  public @Nullable String text(
      String name, int charactersMax, Predicate<String> form, String words) {
    JsonValue value = value(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonValue.Text text)) {
      wrongKind(name, JsonValue.Kind.TEXT, value);
      return null;
    }
    if (text.text().length() > charactersMax || !form.test(text.text())) {
      error(name, "format", "Expected " + words + " of 1 to " + charactersMax + " characters");
      return null;
    }
    return text.text();
  }

  /** An integer, or null when it is absent. */
  public @Nullable Long integer(String name, long min, long max) {
    JsonValue value = value(name);
    return value == null ? null : integer(FieldError.at(pointer, name), value, min, max);
  }

  long integer(String name, long min, long max, long absent) {
    Long value = integer(name, min, max);
    return value == null ? absent : value;
  }

  private @Nullable Long integer(String at, JsonValue value, long min, long max) {
    if (!(value instanceof JsonValue.Numeral number)) {
      errors.add(
          new FieldError(at, "type", "Expected an integer, but got " + value.kind().words()));
      return null;
    }
    String literal = number.literal();
    if (literal.matches("-?[1-9][0-9]{18,}")) {
      boolean low = literal.startsWith("-");
      errors.add(
          new FieldError(
              at,
              low ? "min" : "max",
              low ? "Expected at least " + min : "Expected at most " + max));
      return null;
    }
    if (!INTEGER.matcher(literal).matches()) {
      errors.add(new FieldError(at, "type", "Expected an integer without fraction or exponent"));
      return null;
    }
    long parsed = Long.parseLong(literal);
    if (parsed < min || parsed > max) {
      errors.add(
          new FieldError(
              at,
              parsed < min ? "min" : "max",
              parsed < min ? "Expected at least " + min : "Expected at most " + max));
      return null;
    }
    return parsed;
  }

  /** True or false, or null when it is absent. */
  @Nullable Boolean flag(String name) {
    JsonValue value = value(name);
    if (value == null) {
      return null;
    }
    if (value.kind() != JsonValue.Kind.BOOLEAN) {
      wrongKind(name, JsonValue.Kind.BOOLEAN, value);
      return null;
    }
    return value.end() - value.start() == "true".length();
  }

  /** A decimal number of at least 0. */
  double decimal(String name, double max, double absent) {
    JsonValue value = value(name);
    if (value == null) {
      return absent;
    }
    if (!(value instanceof JsonValue.Numeral number)) {
      wrongKind(name, JsonValue.Kind.NUMBER, value);
      return absent;
    }
    BigDecimal parsed = decimal(number.literal());
    if (parsed == null || parsed.signum() < 0 || number.literal().startsWith("-")) {
      error(name, "min", "Expected a number of at least 0");
      return absent;
    }
    if (parsed.compareTo(BigDecimal.valueOf(max)) > 0 || parsed.scale() > 300) {
      error(name, "max", "Expected a number of at most " + BigDecimal.valueOf(max).toPlainString());
      return absent;
    }
    return parsed.doubleValue();
  }

  private static @Nullable BigDecimal decimal(String literal) {
    try {
      return new BigDecimal(literal);
    } catch (NumberFormatException e) {
      return null; // an exponent beyond 32 bits: refused by the caller
    }
  }

  /** Any finite number, or null when it is absent. */
  @Nullable Double number(String name) {
    JsonValue value = value(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonValue.Numeral number)) {
      wrongKind(name, JsonValue.Kind.NUMBER, value);
      return null;
    }
    double parsed = Double.parseDouble(number.literal());
    if (!Double.isFinite(parsed)) {
      error(name, "range", "Expected a number that a double can hold");
      return null;
    }
    return parsed;
  }

  List<Long> integers(String name, int countMax, long min, long max) {
    List<Long> numbers = new ArrayList<>();
    List<JsonValue> elements = array(name, 1, countMax);
    for (int i = 0; i < elements.size(); i++) {
      String at = FieldError.at(FieldError.at(pointer, name), Integer.toString(i));
      Long number = integer(at, elements.get(i), min, max);
      if (number != null) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /** A list of strings, each of which meets the form. */
  public List<String> texts(
      String name, int countMin, int countMax, Predicate<String> form, String words) {
    List<String> texts = new ArrayList<>();
    List<JsonValue> elements = array(name, countMin, countMax);
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) instanceof JsonValue.Text text && form.test(text.text())) {
        texts.add(text.text());
      } else {
        String at = FieldError.at(FieldError.at(pointer, name), Integer.toString(i));
        errors.add(new FieldError(at, "format", "Expected " + words));
      }
    }
    return texts;
  }

  /** The elements of a list of which only matters whether there are any. */
  List<JsonValue> elements(String name) {
    return array(name, 0, Integer.MAX_VALUE);
  }

  /** The members of an object in a list. */
  FieldReader element(String name, int place, JsonValue.Fields fields) {
    String at = FieldError.at(FieldError.at(pointer, name), Integer.toString(place));
    return new FieldReader(fields, at, errors);
  }

  /** The elements of a list with so many of them; none when it is absent or wrong. */
  List<JsonValue> array(String name, int countMin, int countMax) {
    JsonValue value = value(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonValue.Items items)) {
      wrongKind(name, JsonValue.Kind.ARRAY, value);
      return List.of();
    }
    if (items.count() < countMin || items.count() > countMax) {
      error(
          name,
          items.count() < countMin ? "min-items" : "max-items",
          "Expected " + countMin + " to " + countMax + " elements, but got " + items.count());
      return List.of();
    }
    return items.elements();
  }

  /** The members of a nested object, or null when it is absent or none. */
  @Nullable FieldReader object(String name) {
    JsonValue value = value(name);
    if (value == null) {
      return null;
    }
    if (value instanceof JsonValue.Fields fields) {
      return new FieldReader(fields, FieldError.at(pointer, name), errors);
    }
    wrongKind(name, JsonValue.Kind.OBJECT, value);
    return null;
  }

  void wrongKind(String name, JsonValue.Kind expected, JsonValue got) {
    error(name, "type", "Expected " + expected.words() + ", but got " + got.kind().words());
  }

  /** Notes every member that nobody has asked for; call it last. */
  public void refuseUnknown() {
    for (String name : object.members().keySet()) {
      if (!known.contains(name)) {
        String hint =
            Names.nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
        errors.add(
            new FieldError(
                FieldError.at(pointer, Names.shown(name)),
                "unknown-field",
                "Expected a known field, but there is none of this name" + hint));
      }
    }
  }
}
