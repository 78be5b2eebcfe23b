package dev.muster.cli.view;

import java.nio.charset.StandardCharsets;

/**
 * What was printed of one task's output. Output comes from two sources that overlap, the kept
 * output and the live stream; byte offsets tell what is new.
 */
public final class TaskOutput {
  private final String prefix;
  private final StringBuilder unfinishedLine = new StringBuilder();
  private long attempt;
  private long printedBytes;

  /**
   * @param prefix what each line begins with; when empty, text is printed as it comes, else line by
   *     line
   */
  public TaskOutput(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Takes the kept output of an attempt.
   *
   * @param number the attempt, from 1
   * @param output what was kept: all, or the beginning and the end
   * @param outputBytes how many bytes the attempt has written in all
   * @return the text to print now
   */
  public String kept(long number, String output, long outputBytes) {
    String before = attempt(number);
    if (number < attempt || outputBytes <= printedBytes) {
      return before;
    }
    String news = printedBytes == 0 ? output : lastBytes(output, outputBytes - printedBytes);
    printedBytes = outputBytes;
    return before + lines(news);
  }

  /**
   * Takes a piece of the live stream.
   *
   * @param number the attempt, from 1
   * @param offset bytes the attempt had written before it, -1 when unknown
   * @param text the piece
   * @return the text to print now
   */
  public String live(long number, long offset, String text) {
    String before = attempt(number);
    if (number < attempt) {
      return before;
    }
    long bytes = text.getBytes(StandardCharsets.UTF_8).length;
    long start = offset < 0 ? printedBytes : offset;
    if (start + bytes <= printedBytes) {
      return before;
    }
    String news = start < printedBytes ? lastBytes(text, start + bytes - printedBytes) : text;
    printedBytes = start + bytes;
    return before + lines(news);
  }

  /** The last line, if it had no end. */
  public String rest() {
    if (unfinishedLine.isEmpty()) {
      return "";
    }
    String line = prefix + unfinishedLine + "\n";
    unfinishedLine.setLength(0);
    return line;
  }

  private String attempt(long number) {
    if (number <= attempt) {
      return "";
    }
    String rest = rest();
    attempt = number;
    printedBytes = 0;
    return rest;
  }

  private String lines(String text) {
    if (prefix.isEmpty()) {
      return text;
    }
    var out = new StringBuilder();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      out.append(prefix).append(unfinishedLine).append(text, start, end + 1);
      unfinishedLine.setLength(0);
      start = end + 1;
    }
    unfinishedLine.append(text, start, text.length());
    return out.toString();
  }

  /** The end of a text, on a character boundary. */
  private static String lastBytes(String text, long count) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int start = (int) Math.max(0, bytes.length - count);
    while (start < bytes.length && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }
}
