package dev.muster.gateway.view;

/**
 * What is kept of an attempt's output.
 *
 * @param attempt the attempt that wrote it
 * @param epoch its lease epoch; 0 when nothing was written
 * @param head its beginning
 * @param tail the end of what follows
 * @param cut characters left out between the two
 * @param bytes all that the attempt wrote
 * @param gaps places where pieces were lost on the way, marked in the text
 */
public record KeptOutput(
    int attempt, long epoch, String head, String tail, long cut, long bytes, int gaps) {
  /** Nothing was written. */
  public static final KeptOutput NONE = new KeptOutput(0, 0, "", "", 0, 0, 0);

  /** Beginning and end with a mark of what is left out between them. */
  public String text() {
    return cut == 0
        ? head + tail
        : head + "\n[... " + cut + " characters are left out ...]\n" + tail;
  }

  /** Whether {@link #text} lacks something. */
  public boolean isTruncated() {
    return cut > 0 || gaps > 0;
  }

  boolean isEmpty() {
    return head.isEmpty() && tail.isEmpty();
  }
}
