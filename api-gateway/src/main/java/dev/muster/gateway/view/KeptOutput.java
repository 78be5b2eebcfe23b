package dev.muster.gateway.view;

/**
 * What is kept of an attempt's output.
 *
 * @param attempt the attempt that wrote it
 * @param epoch its lease epoch; 0 when nothing was written
 * @param head its beginning
 * @param tail the end of what follows
 * @param headErrors which characters of the head were written to standard error: ranges {@code
 *     from+length} in order, with commas between them
 * @param tailErrors the same of the tail
 * @param cut characters left out between the two
 * @param bytes all that the attempt wrote
 * @param gaps places where pieces were lost on the way, marked in the text
 */
public record KeptOutput(
    int attempt,
    long epoch,
    String head,
    String tail,
    String headErrors,
    String tailErrors,
    long cut,
    long bytes,
    int gaps) {
  /** Output that was written to one stream, or of which it is not known any more. */
  public KeptOutput(
      int attempt, long epoch, String head, String tail, long cut, long bytes, int gaps) {
    this(attempt, epoch, head, tail, "", "", cut, bytes, gaps);
  }

  /** Nothing was written. */
  public static final KeptOutput NONE = new KeptOutput(0, 0, "", "", 0, 0, 0);

  /** Beginning and end with a mark of what is left out between them. */
  public String text() {
    return joined(head, tail);
  }

  /**
   * What was written to one of the streams, with the same mark where something of both is left out.
   *
   * @param errors whether to standard error
   */
  public String text(boolean errors) {
    return joined(part(head, headErrors, errors), part(tail, tailErrors, errors));
  }

  private String joined(String begin, String end) {
    return cut == 0
        ? begin + end
        : begin + "\n[... " + cut + " characters are left out ...]\n" + end;
  }

  private static String part(String text, String spans, boolean errors) {
    if (spans.isEmpty()) {
      return errors ? "" : text;
    }
    StringBuilder part = new StringBuilder();
    int at = 0;
    for (String span : spans.split(",", -1)) {
      int plus = span.indexOf('+');
      int from = Integer.parseInt(span, 0, plus, 10);
      int end = from + Integer.parseInt(span, plus + 1, span.length(), 10);
      part.append(text, errors ? from : at, errors ? end : from);
      at = end;
    }
    return errors ? part.toString() : part.append(text, at, text.length()).toString();
  }

  /** Whether {@link #text} lacks something. */
  public boolean isTruncated() {
    return cut > 0 || gaps > 0;
  }

  boolean isEmpty() {
    return head.isEmpty() && tail.isEmpty();
  }
}
