package dev.muster.agent.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes progress lines (S2-22) out of standard output, also when reads cut them apart. Only a line
 * that begins like one is held back until it is whole; everything else passes at once. A line that
 * is too long or that its judge refuses passes as ordinary output.
 */
public final class LineScanner {
  /** Longest progress line in bytes; S-212 sends 10 MB. */
  public static final int LINE_MAX = 64 * 1024;

  private static final List<byte[]> PREFIXES =
      List.of(
          "MUSTER_PROGRESS:".getBytes(StandardCharsets.US_ASCII),
          "COMPUTALOT_PROGRESS:".getBytes(StandardCharsets.US_ASCII));

  private final Predicate<String> progress;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean passing;

  /**
   * @param progress gets what follows the prefix on a whole line, and says whether it is a progress
   *     document
   */
  public LineScanner(Predicate<String> progress) {
    this.progress = progress;
  }

  /** Gets what is not progress, and how many bytes were taken out. */
  public interface Sink {
    /** These bytes are output. */
    void output(byte[] bytes, int from, int length);

    /** So many bytes were a progress line. */
    void taken(int bytes);
  }

  /** Takes the next bytes of the stream. Ordinary lines that follow each other pass as one. */
  public void accept(byte[] bytes, int length, Sink sink) {
    int run = 0;
    int at = 0;
    while (at < length) {
      int newline = indexOfNewline(bytes, at, length);
      int end = newline < 0 ? length : newline + 1;
      boolean ordinary = held.size() == 0 && (passing || !couldBeProgress(bytes, at, end - at));
      if (ordinary) {
        passing = newline < 0;
      } else {
        pass(bytes, run, at, sink);
        hold(bytes, at, end, newline >= 0, sink);
        run = end;
      }
      at = end;
    }
    pass(bytes, run, length, sink);
  }

  /** The stream ended: a progress line may lack its newline. */
  public void end(Sink sink) {
    if (held.size() > 0) {
      release(sink);
    }
    passing = false;
  }

  private static void pass(byte[] bytes, int from, int end, Sink sink) {
    if (end > from) {
      sink.output(bytes, from, end - from);
    }
  }

  private void hold(byte[] bytes, int from, int end, boolean whole, Sink sink) {
    held.write(bytes, from, end - from);
    byte[] line = held.toByteArray();
    if (whole) {
      release(sink);
    } else if (line.length > LINE_MAX || !couldBeProgress(line, 0, line.length)) {
      held.reset();
      sink.output(line, 0, line.length);
      passing = true;
    }
  }

  private void release(Sink sink) {
    byte[] line = held.toByteArray();
    held.reset();
    String document = line.length > LINE_MAX ? null : document(line);
    if (document != null && progress.test(document)) {
      sink.taken(line.length);
    } else {
      sink.output(line, 0, line.length);
    }
  }

  private static @Nullable String document(byte[] line) {
    for (byte[] prefix : PREFIXES) {
      if (line.length > prefix.length && startsLike(prefix, line, 0, line.length)) {
        return new String(line, prefix.length, line.length - prefix.length, StandardCharsets.UTF_8)
            .strip();
      }
    }
    return null;
  }

  private static boolean couldBeProgress(byte[] bytes, int from, int length) {
    for (byte[] prefix : PREFIXES) {
      if (startsLike(prefix, bytes, from, length)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the bytes begin with the prefix, as far as there are any. */
  private static boolean startsLike(byte[] prefix, byte[] bytes, int from, int length) {
    for (int i = 0; i < Math.min(prefix.length, length); i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static int indexOfNewline(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
