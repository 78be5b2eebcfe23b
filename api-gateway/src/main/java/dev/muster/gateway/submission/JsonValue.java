package dev.muster.gateway.submission;

import java.util.List;
import java.util.Map;

/** A JSON value of a request and where it lies in the body. */
public sealed interface JsonValue {
  /** Position of its first byte. */
  int start();

  /** Position after its last byte. */
  int end();

  /** What it is, for messages. */
  Kind kind();

  /** The kinds of JSON values. */
  enum Kind {
    TEXT("a string"),
    NUMBER("a number"),
    BOOLEAN("true or false"),
    NULL("null"),
    ARRAY("an array"),
    OBJECT("an object");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** With its article, for messages. */
    public String words() {
      return words;
    }
  }

  /** A string. */
  record Text(int start, int end, String text) implements JsonValue {
    @Override
    public Kind kind() {
      return Kind.TEXT;
    }
  }

  /**
   * A number.
   *
   * @param literal as it was written, so that nothing is rounded unseen
   */
  record Numeral(int start, int end, String literal) implements JsonValue {
    @Override
    public Kind kind() {
      return Kind.NUMBER;
    }
  }

  /** True, false or null. */
  record Word(int start, int end, Kind kind) implements JsonValue {}

  /**
   * An array.
   *
   * @param elements the first {@link Limits#ELEMENTS_KEPT} of them
   * @param count how many there are
   */
  record Items(int start, int end, List<JsonValue> elements, int count) implements JsonValue {
    public Items {
      elements = List.copyOf(elements);
    }

    @Override
    public Kind kind() {
      return Kind.ARRAY;
    }
  }

  /**
   * An object.
   *
   * @param members in the order of the body
   */
  record Fields(int start, int end, Map<String, Member> members) implements JsonValue {
    @Override
    public Kind kind() {
      return Kind.OBJECT;
    }
  }

  /**
   * A member of an object.
   *
   * @param nameStart where the name's opening quote lies
   * @param value its value
   */
  record Member(int nameStart, JsonValue value) {}

  /**
   * A document of the user; nobody looks inside.
   *
   * @param kind what it is
   * @param elements where its elements lie, when it is an array
   */
  record Opaque(int start, int end, Kind kind, Elements elements) implements JsonValue {}
}
