package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.submission.Limits;
import java.io.IOException;
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
  /** Values that become objects on the heap. */
  private static final int VALUES_MAX = 100_000;

  /**
   * A body that was read.
   *
   * @param root its JSON
   * @param fingerprint SHA-256 of its tokens
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Read(JsonValue root, byte[] fingerprint) {}

  private final JsonTokens tokens;
  private final JsonParser parser;
  private final DocumentReader documents;
  private int values;

  private JsonBody(JsonTokens tokens) {
    this.tokens = tokens;
    this.parser = tokens.parser();
    this.documents = new DocumentReader(tokens);
  }

  /**
   * Reads a body.
   *
   * @throws ProblemException when it is not strict JSON, is beyond a limit, or holds a character
   *     that cannot be kept
   */
  public static Read read(RequestBody body, BodyShape shape) {
    TextRules.requireUtf8(body.view());
    try (JsonTokens tokens = new JsonTokens(body)) {
      if (tokens.parser().nextToken() == null) {
        throw new ProblemException(ProblemKind.MALFORMED, "Expected JSON, but the body is empty");
      }
      JsonValue root = new JsonBody(tokens).value(shape);
      if (tokens.parser().nextToken() != null) {
        throw tokens.malformed("Expected one JSON document, but there is more");
      }
      return new Read(root, tokens.fingerprint());
    } catch (StreamConstraintsException e) {
      throw JsonTokens.limit(e);
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

  private JsonValue value(BodyShape shape) throws IOException {
    if (++values > VALUES_MAX) {
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected at most " + VALUES_MAX + " values outside of items");
    }
    JsonToken token = parser.currentToken();
    int start = tokens.start();
    return switch (token) {
      case START_OBJECT ->
          shape == BodyShape.DOCUMENT ? documents.read(start) : object(shape, start);
      case START_ARRAY -> shape == BodyShape.DOCUMENT ? documents.read(start) : array(shape, start);
      case VALUE_STRING,
          VALUE_NUMBER_INT,
          VALUE_NUMBER_FLOAT,
          VALUE_TRUE,
          VALUE_FALSE,
          VALUE_NULL ->
          shape == BodyShape.DOCUMENT ? documents.read(start) : scalar(token, start);
      case NOT_AVAILABLE, FIELD_NAME, END_OBJECT, END_ARRAY, VALUE_EMBEDDED_OBJECT ->
          throw tokens.malformed("Expected a value");
    };
  }

  private JsonValue object(BodyShape shape, int start) throws IOException {
    Map<String, JsonValue.Member> members = new LinkedHashMap<>();
    tokens.pass('{');
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      int nameStart = tokens.start();
      String name = tokens.passName();
      parser.nextToken();
      members.put(name, new JsonValue.Member(nameStart, value(shape.member(name))));
    }
    tokens.pass('}');
    return new JsonValue.Fields(start, tokens.end(), members);
  }

  private JsonValue array(BodyShape shape, int start) throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    int count = 0;
    tokens.pass('[');
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonValue element = value(shape.element());
      if (count++ < Limits.ELEMENTS_KEPT) {
        elements.add(element);
      }
    }
    tokens.pass(']');
    return new JsonValue.Items(start, tokens.end(), elements, count);
  }

  private JsonValue scalar(JsonToken token, int start) throws IOException {
    JsonValue value =
        switch (token) {
          case VALUE_STRING -> {
            String text = parser.getText();
            TextRules.requireKeepable(text);
            yield new JsonValue.Text(start, tokens.end(), text);
          }
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
            String literal = parser.getText();
            TextRules.requireNumberLength(literal.length());
            yield new JsonValue.Numeral(start, tokens.end(), literal);
          }
          case VALUE_NULL -> new JsonValue.Word(start, tokens.end(), JsonValue.Kind.NULL);
          default -> new JsonValue.Word(start, tokens.end(), JsonValue.Kind.BOOLEAN);
        };
    tokens.pass(value.start(), value.end());
    return value;
  }
}
