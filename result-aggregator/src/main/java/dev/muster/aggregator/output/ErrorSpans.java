package dev.muster.aggregator.output;

/**
 * Which characters of a text were written to standard error, as text: ranges {@code from+length} in
 * ascending order, with commas between them. Most commands write nothing there, and that is the
 * empty text.
 */
final class ErrorSpans {
  private ErrorSpans() {}

  /** The same and one more range behind all others; ranges that touch become one. */
  static String plus(String spans, int from, int length) {
    if (length == 0) {
      return spans;
    }
    int comma = spans.lastIndexOf(',');
    int plus = spans.lastIndexOf('+');
    if (plus > 0) {
      int lastFrom = Integer.parseInt(spans, comma + 1, plus, 10);
      int lastLength = Integer.parseInt(spans, plus + 1, spans.length(), 10);
      if (lastFrom + lastLength == from) {
        return spans.substring(0, plus + 1) + (lastLength + length);
      }
    }
    return spans + (spans.isEmpty() ? "" : ",") + from + "+" + length;
  }

  /** The ranges of a text that lost so many characters at its beginning. */
  static String cut(String spans, int characters) {
    if (characters == 0 || spans.isEmpty()) {
      return spans;
    }
    StringBuilder left = new StringBuilder();
    for (String span : spans.split(",", -1)) {
      int plus = span.indexOf('+');
      int from = Integer.parseInt(span, 0, plus, 10) - characters;
      int end = from + Integer.parseInt(span, plus + 1, span.length(), 10);
      if (end > 0) {
        int kept = Math.max(0, from);
        left.append(left.isEmpty() ? "" : ",").append(kept).append('+').append(end - kept);
      }
    }
    return left.toString();
  }
}
