package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The tokens of a body: strict JSON within the limits, each with its place in the bytes, and a
 * fingerprint of those that were passed.
 */
final class JsonTokens implements AutoCloseable {
  private static final int DEPTH_MAX = 64;
  private static final int STRING_MAX = 256 * 1024;

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

  private final ByteBuffer bytes;
  private final JsonParser parser;
  private final MessageDigest digest = sha256();

  JsonTokens(RequestBody body) throws IOException {
    this.bytes = body.view();
    this.parser = FACTORY.createParser(body.stream());
  }

  JsonParser parser() {
    return parser;
  }

  /** Where the current token begins. */
  int start() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  /** Where the current token ends. */
  int end() throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  /** Takes a bracket, or another token without a text, into the fingerprint. */
  void pass(int mark) {
    digest.update((byte) mark);
  }

  /** Takes the bytes of a token into the fingerprint. */
  void pass(int start, int end) {
    digest.update((byte) ' ');
    digest.update(bytes.duplicate().position(start).limit(end));
  }

  /** Takes the name of the current member into the fingerprint, once it is known to be keepable. */
  String passName() throws IOException {
    int start = start();
    String name = parser.currentName();
    TextRules.requireKeepable(name);
    pass(start, start + quotedLength(start));
    return name;
  }

  /** SHA-256 of what was passed. */
  byte[] fingerprint() {
    return digest.digest();
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

  /** The problem of a body that is no JSON from here on. */
  ProblemException malformed(String detail) {
    return new ProblemException(
        ProblemKind.MALFORMED, detail + ", at byte " + parser.currentLocation().getByteOffset());
  }

  /** The problem of a body that is beyond one of the limits. */
  static ProblemException limit(StreamConstraintsException e) {
    boolean depth = String.valueOf(e.getOriginalMessage()).contains("nesting depth");
    return depth
        ? new ProblemException(
            ProblemKind.JSON_TOO_DEEP, "Expected at most " + DEPTH_MAX + " levels")
        : new ProblemException(
            ProblemKind.JSON_LIMIT,
            "Expected strings of at most 256 Ki characters, numbers of 100, names of 256, and"
                + " 5,000,000 tokens");
  }

  /** What kind of value begins with a token. */
  static JsonValue.Kind kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> JsonValue.Kind.OBJECT;
      case START_ARRAY -> JsonValue.Kind.ARRAY;
      case VALUE_STRING -> JsonValue.Kind.TEXT;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonValue.Kind.NUMBER;
      case VALUE_NULL -> JsonValue.Kind.NULL;
      default -> JsonValue.Kind.BOOLEAN;
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
