package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.submission.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a body once from front to back: checks that it is strict JSON within the limits, notes
 * where the user's documents lie, and takes a fingerprint of its tokens, so that two bodies that
 * differ in white space only are the same request.
 */
public final class JsonBody {
  private static final int DEPTH_MAX = 64;
  private static final int STRING_MAX = 256 * 1024;

  /** Values that become objects on the heap. */
  private static final int VALUES_MAX = 100_000;

  /** Elements of documents whose places are noted: 8 MB. */
  private static final int ELEMENTS_NOTED_MAX = 1_000_000;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(STRING_MAX)
                  .maxNumberLength(TextRules.NUMBER_MAX)
                  .maxNameLength(256)
                  .maxTokenCount(5_000_000)
                  .build())
          .build();

  /**
   * A body that was read.
   *
   * @param root its JSON
   * @param fingerprint SHA-256 of its tokens
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Read(JsonValue root, byte[] fingerprint) {}

  private final ByteBuffer bytes;
  private final JsonParser parser;
  private final MessageDigest digest = sha256();
  private int values;
  private int elementsNoted;

  private JsonBody(RequestBody body) throws IOException {
    this.bytes = body.view();
    this.parser = FACTORY.createParser(body.stream());
  }

  /**
   * Reads a body.
   *
   * @throws ProblemException when it is not strict JSON, is beyond a limit, or holds a character
   *     that cannot be kept
   */
  public static Read read(RequestBody body, BodyShape shape) {
    TextRules.requireUtf8(body.view());
    try {
      JsonBody reader = new JsonBody(body);
      try (JsonParser parser = reader.parser) {
        if (parser.nextToken() == null) {
          throw new ProblemException(ProblemKind.MALFORMED, "Expected JSON, but the body is empty");
        }
        JsonValue root = reader.value(shape);
        if (parser.nextToken() != null) {
          throw malformed(parser, "Expected one JSON document, but there is more");
        }
        return new Read(root, reader.digest.digest());
      }
    } catch (StreamConstraintsException e) {
      throw limit(e);
    } catch (JsonEOFException e) {
      throw new ProblemException(ProblemKind.MALFORMED, "Expected JSON, but the body ends early");
    } catch (JsonParseException e) {
      throw new ProblemException(
          ProblemKind.MALFORMED,
          "Expected strict JSON without repeated names, but it is broken at byte "
              + e.getLocation().getByteOffset());
    } catch (IllegalStateException e) {
      // Jackson's guard against names that were chosen to collide in its table.
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected names that do not collide, but too many do");
    } catch (IOException e) {
      throw new IllegalStateException("Expected to read the body, but it cannot be", e);
    }
  }

  private static ProblemException limit(StreamConstraintsException e) {
    boolean depth = String.valueOf(e.getOriginalMessage()).contains("nesting depth");
    return depth
        ? new ProblemException(
            ProblemKind.JSON_TOO_DEEP, "Expected at most " + DEPTH_MAX + " levels")
        : new ProblemException(
            ProblemKind.JSON_LIMIT,
            "Expected strings of at most 256 Ki characters, numbers of 100, names of 256, and"
                + " 5,000,000 tokens");
  }

  private JsonValue value(BodyShape shape) throws IOException {
    if (++values > VALUES_MAX) {
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected at most " + VALUES_MAX + " values outside of items");
    }
    JsonToken token = parser.currentToken();
    int start = start();
    return switch (token) {
      case START_OBJECT -> shape == BodyShape.DOCUMENT ? document(start) : object(shape, start);
      case START_ARRAY -> shape == BodyShape.DOCUMENT ? document(start) : array(shape, start);
      case VALUE_STRING,
          VALUE_NUMBER_INT,
          VALUE_NUMBER_FLOAT,
          VALUE_TRUE,
          VALUE_FALSE,
          VALUE_NULL ->
          shape == BodyShape.DOCUMENT ? document(start) : scalar(token, start);
      case NOT_AVAILABLE, FIELD_NAME, END_OBJECT, END_ARRAY, VALUE_EMBEDDED_OBJECT ->
          throw malformed(parser, "Expected a value");
    };
  }

  private JsonValue object(BodyShape shape, int start) throws IOException {
    Map<String, JsonValue.Member> members = new LinkedHashMap<>();
    digest.update((byte) '{');
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      int nameStart = start();
      String name = parser.currentName();
      TextRules.requireKeepable(name);
      digestToken(nameStart, nameStart + quotedLength(nameStart));
      parser.nextToken();
      members.put(name, new JsonValue.Member(nameStart, value(shape.member(name))));
    }
    digest.update((byte) '}');
    return new JsonValue.Fields(start, end(), members);
  }

  private JsonValue array(BodyShape shape, int start) throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    int count = 0;
    digest.update((byte) '[');
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonValue element = value(shape.element());
      if (count++ < Limits.ELEMENTS_KEPT) {
        elements.add(element);
      }
    }
    digest.update((byte) ']');
    return new JsonValue.Items(start, end(), elements, count);
  }

  private JsonValue scalar(JsonToken token, int start) throws IOException {
    JsonValue value =
        switch (token) {
          case VALUE_STRING -> {
            String text = parser.getText();
            TextRules.requireKeepable(text);
            yield new JsonValue.Text(start, end(), text);
          }
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
            String literal = parser.getText();
            TextRules.requireNumberLength(literal.length());
            yield new JsonValue.Numeral(start, end(), literal);
          }
          case VALUE_NULL -> new JsonValue.Word(start, end(), JsonValue.Kind.NULL);
          default -> new JsonValue.Word(start, end(), JsonValue.Kind.BOOLEAN);
        };
    digestToken(value.start(), value.end());
    return value;
  }

  /** Passes over a document, checking every token of it; notes the elements when it is an array. */
  private JsonValue document(int start) throws IOException {
    JsonToken first = parser.currentToken();
    ElementsNote elements = new ElementsNote();
    passToken(first, start);
    if (first.isStructStart()) {
      int depth = 1;
      int elementStart = start;
      boolean elementIsObject = false;
      while (depth > 0) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          throw malformed(parser, "Expected the document's end");
        }
        int tokenStart = start();
        if (depth == 1 && !token.isStructEnd()) {
          elementStart = tokenStart;
          elementIsObject = token == JsonToken.START_OBJECT;
        }
        passToken(token, tokenStart);
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 1 && first == JsonToken.START_ARRAY) {
          noteElement(elements, elementStart, elementIsObject);
        }
      }
    }
    return new JsonValue.Opaque(start, end(), kind(first), elements.done());
  }

  private void noteElement(ElementsNote elements, int start, boolean isObject) throws IOException {
    if (++elementsNoted > ELEMENTS_NOTED_MAX) {
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected at most " + ELEMENTS_NOTED_MAX + " listed elements");
    }
    elements.add(start, end(), isObject);
  }

  private void passToken(JsonToken token, int start) throws IOException {
    switch (token) {
      case VALUE_STRING -> {
        char[] text = parser.getTextCharacters();
        TextRules.requireKeepable(
            CharBuffer.wrap(text, parser.getTextOffset(), parser.getTextLength()));
        digestToken(start, end());
      }
      case FIELD_NAME -> {
        TextRules.requireKeepable(parser.currentName());
        digestToken(start, start + quotedLength(start));
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        TextRules.requireNumberLength(parser.getTextLength());
        digestToken(start, end());
      }
      default -> digest.update((byte) token.id());
    }
  }

  private static JsonValue.Kind kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> JsonValue.Kind.OBJECT;
      case START_ARRAY -> JsonValue.Kind.ARRAY;
      case VALUE_STRING -> JsonValue.Kind.TEXT;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonValue.Kind.NUMBER;
      case VALUE_NULL -> JsonValue.Kind.NULL;
      default -> JsonValue.Kind.BOOLEAN;
    };
  }

  private int start() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private int end() throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  /** Length of the string literal that begins here, quotes included. */
  private int quotedLength(int start) {
    int at = start + 1;
    while (at < bytes.limit() && bytes.get(at) != '"') {
      at += bytes.get(at) == '\\' ? 2 : 1;
    }
    if (at >= bytes.limit()) {
      // Jackson loses the place of a name whose value is cut off by the end of the body.
      throw new ProblemException(ProblemKind.MALFORMED, "Expected JSON, but the body ends early");
    }
    return at + 1 - start;
  }

  private void digestToken(int start, int end) {
    digest.update((byte) ' ');
    digest.update(bytes.duplicate().position(start).limit(end));
  }

  private static ProblemException malformed(JsonParser parser, String detail) {
    return new ProblemException(
        ProblemKind.MALFORMED, detail + ", at byte " + parser.currentLocation().getByteOffset());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }
}
