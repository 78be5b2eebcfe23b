package dev.muster.cli.view;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * What was printed of one task's output. Output comes from two sources that overlap, the kept
 * output and the live stream; byte offsets tell what is new. A live piece that comes too early
 * waits until what lies before it is known.
 */
public final class TaskOutput {
  /** Pieces that wait at most; with one more, what lies before them is given up. */
  private static final int EARLY_MAX = 1_000;

  private final String prefix;
  private final StringBuilder unfinishedLine = new StringBuilder();
  private final TreeMap<Long, Piece> early = new TreeMap<>();
  private long attempt;
  private long printedBytes;

  /**
   * A piece of output.
   *
   * @param bytes how many bytes the command wrote for it
   * @param text what it shows; broken bytes are replaced, so that its length may differ
   */
  private record Piece(long bytes, String text) {}

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
    return before + lines(news) + inTurn();
  }

  /**
   * Takes a piece of the live stream.
   *
   * @param number the attempt, from 1
   * @param offset bytes the attempt had written before it, -1 when unknown
   * @param bytes how many bytes the command wrote for it, -1 when unknown
   * @param text the piece
   * @return the text to print now
   */
  public String live(long number, long offset, long bytes, String text) {
    String before = attempt(number);
    if (number < attempt) {
      return before;
    }
    var piece = new Piece(bytes < 0 ? utf8(text).length : bytes, text);
    if (offset <= printedBytes) {
      return before + print(offset < 0 ? printedBytes : offset, piece) + inTurn();
    }
    early.put(offset, piece);
    return before + (early.size() > EARLY_MAX ? late() : "");
  }

  /** The newest attempt that was seen, 0 before the first. */
  public long attempt() {
    return attempt;
  }

  /** Whether pieces wait for what lies before them: the kept output may have it. */
  public boolean isWaiting() {
    return !early.isEmpty();
  }

  /** What still waits, and the last line, if it had no end. */
  public String rest() {
    String late = late();
    if (unfinishedLine.isEmpty()) {
      return late;
    }
    String line = prefix + unfinishedLine + "\n";
    unfinishedLine.setLength(0);
    return late + line;
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

  /** The early pieces whose turn has come. */
  private String inTurn() {
    var out = new StringBuilder();
    while (!early.isEmpty() && early.firstKey() <= printedBytes) {
      var first = early.pollFirstEntry();
      out.append(print(first.getKey(), first.getValue()));
    }
    return out.toString();
  }

  /** All early pieces, whatever is missing between them. */
  private String late() {
    var out = new StringBuilder();
    early.forEach((offset, piece) -> out.append(print(offset, piece)));
    early.clear();
    return out.toString();
  }

  private String print(long start, Piece piece) {
    long end = start + piece.bytes();
    if (end <= printedBytes) {
      return "";
    }
    String news = start < printedBytes ? lastBytes(piece.text(), end - printedBytes) : piece.text();
    printedBytes = end;
    return lines(news);
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
    byte[] bytes = utf8(text);
    int start = (int) Math.max(0, bytes.length - count);
    while (start < bytes.length && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
