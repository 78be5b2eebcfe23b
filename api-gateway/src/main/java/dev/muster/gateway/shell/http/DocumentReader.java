package dev.muster.gateway.shell.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.JsonValue;
import java.io.IOException;
import java.nio.CharBuffer;

/** Passes over the documents of the user in a body; they become no objects. */
final class DocumentReader {
  /** Elements whose places are noted: 8 MB. */
  private static final int ELEMENTS_NOTED_MAX = 1_000_000;

  private final JsonTokens tokens;
  private final JsonParser parser;
  private int elementsNoted;

  DocumentReader(JsonTokens tokens) {
    this.tokens = tokens;
    this.parser = tokens.parser();
  }

  /** Passes over a document, checking every token of it; notes the elements when it is an array. */
  JsonValue read(int start) throws IOException {
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
          throw tokens.malformed("Expected the document's end");
        }
        int tokenStart = tokens.start();
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
    return new JsonValue.Opaque(start, tokens.end(), JsonTokens.kind(first), elements.done());
  }

  private void noteElement(ElementsNote elements, int start, boolean isObject) throws IOException {
    if (++elementsNoted > ELEMENTS_NOTED_MAX) {
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected at most " + ELEMENTS_NOTED_MAX + " listed elements");
    }
    elements.add(start, tokens.end(), isObject);
  }

  private void passToken(JsonToken token, int start) throws IOException {
    switch (token) {
      case VALUE_STRING -> {
        char[] text = parser.getTextCharacters();
        TextRules.requireKeepable(
            CharBuffer.wrap(text, parser.getTextOffset(), parser.getTextLength()));
        tokens.pass(start, tokens.end());
      }
      case FIELD_NAME -> tokens.passName();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        TextRules.requireNumberLength(parser.getTextLength());
        tokens.pass(start, tokens.end());
      }
      default -> tokens.pass(token.id());
    }
  }
}
