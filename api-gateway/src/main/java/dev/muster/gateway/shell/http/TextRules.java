package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** What text may be in a body, beyond what JSON itself says. */
final class TextRules {
  /** Characters of a number. */
  static final int NUMBER_MAX = 100;

  private TextRules() {}

  static void requireNumberLength(int length) {
    if (length > NUMBER_MAX) {
      throw new ProblemException(
          ProblemKind.JSON_LIMIT, "Expected numbers of at most " + NUMBER_MAX + " characters");
    }
  }

  /** PostgreSQL text has no NUL, and half a surrogate pair has no UTF-8. */
  static void requireKeepable(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        throw new ProblemException(
            ProblemKind.INVALID_CHARACTER,
            "Expected strings without NUL and without half surrogate pairs, but there is one");
      }
    }
  }

  static void requireUtf8(ByteBuffer bytes) {
    if (bytes.remaining() >= 3 && bytes.get(0) == (byte) 0xEF && bytes.get(1) == (byte) 0xBB) {
      throw new ProblemException(
          ProblemKind.MALFORMED, "Expected JSON, but the body starts with a byte order mark");
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer sink = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      sink.clear();
      result = decoder.decode(bytes, sink, true);
      sink.flip();
      boolean binary = result.isError();
      while (!binary && sink.hasRemaining()) {
        binary = sink.get() == 0;
      }
      if (binary) {
        throw new ProblemException(ProblemKind.MALFORMED, "Expected UTF-8, but the body is not");
      }
    } while (result.isOverflow());
  }
}
