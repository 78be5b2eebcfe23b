package dev.muster.agent.output;

import dev.muster.agent.output.Utf8Splitter.Decoded;
import dev.muster.contracts.task.ProgressEvent.Stream;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything one attempt writes: streamed pieces, the newest progress document, the tail that is
 * kept for a failure. One thread writes, another flushes.
 */
public final class AttemptOutput {
  /** Bytes of the tail that goes with a failure. */
  public static final int TAIL_BYTES = 10 * 1024;

  /** Decoding goes in slices, so that pieces stay near their size. */
  private static final int SLICE = 4 * 1024;

  private static final int PENDING_MAX = 256 * 1024;

  private final OutputBuffer buffer;
  private final TailRing tail = new TailRing(TAIL_BYTES);
  private final Utf8Splitter[] splitters = {new Utf8Splitter(), new Utf8Splitter()};
  private final LineScanner scanner;
  private final Predicate<String> isDocument;
  private final Supplier<Mask> mask;
  private final @Nullable Masker[] maskers = new Masker[Stream.values().length];
  private @Nullable String progress;
  private long total;

  /**
   * @param wholeMax bytes that are streamed whole
   * @param isDocument whether a text is a JSON object
   * @param mask what must not be read in the output; asked for when something is written
   */
  public AttemptOutput(long wholeMax, Predicate<String> isDocument, Supplier<Mask> mask) {
    this.buffer = new OutputBuffer(wholeMax, PENDING_MAX);
    this.isDocument = isDocument;
    this.mask = mask;
    this.scanner = new LineScanner(this::keepProgress);
  }

  /**
   * Takes what the command wrote.
   *
   * @return whether a flush is due at once
   */
  public synchronized boolean wrote(Stream stream, byte[] bytes, int length) {
    total += length;
    if (stream == Stream.STDOUT) {
      scanner.accept(bytes, length, sink());
    } else {
      decode(stream, bytes, 0, length);
    }
    return buffer.isFull();
  }

  /** Both streams ended. */
  public synchronized void end() {
    scanner.end(sink());
    for (Stream stream : Stream.values()) {
      add(stream, splitters[stream.ordinal()].end());
      Masker masker = maskers[stream.ordinal()];
      show(stream, masker == null ? "" : masker.end(), 0);
    }
  }

  /** Takes out the pieces to be sent now. */
  public synchronized List<OutputPiece> flush() {
    return buffer.flush();
  }

  /** Takes out the newest progress document since the last call, or null. */
  public synchronized @Nullable String takeProgress() {
    String newest = progress;
    progress = null;
    return newest;
  }

  /** Whether flushes should be rare. */
  public synchronized boolean isBeyondWhole() {
    return buffer.isBeyondWhole();
  }

  /** All bytes of both streams so far. */
  public synchronized long total() {
    return total;
  }

  /** Bytes that will never be sent. */
  public synchronized long dropped() {
    return buffer.dropped();
  }

  /** The last {@value #TAIL_BYTES} bytes, progress lines left out. */
  public synchronized String tail() {
    return tail.text();
  }

  private LineScanner.Sink sink() {
    return new LineScanner.Sink() {
      @Override
      public void output(byte[] bytes, int from, int length) {
        decode(Stream.STDOUT, bytes, from, length);
      }

      @Override
      public void taken(int bytes) {
        buffer.add(Stream.STDOUT, "", bytes);
      }
    };
  }

  private void decode(Stream stream, byte[] bytes, int from, int length) {
    for (int at = from; at < from + length; at += SLICE) {
      add(
          stream,
          splitters[stream.ordinal()].accept(bytes, at, Math.min(SLICE, from + length - at)));
    }
  }

  private void add(Stream stream, Decoded decoded) {
    String text = decoded.text();
    if (decoded.bytes() > 0 || !text.isEmpty()) {
      show(stream, text.isEmpty() ? text : masker(stream).accept(text), decoded.bytes());
    }
  }

  /** A text of the command that is told beside its output, with the same hidden in it. */
  public String masked(String text) {
    return mask.get().applyTo(text);
  }

  private Masker masker(Stream stream) {
    Masker masker = maskers[stream.ordinal()];
    if (masker == null) {
      masker = new Masker(mask.get());
      maskers[stream.ordinal()] = masker;
    }
    return masker;
  }

  private void show(Stream stream, String text, int bytes) {
    if (bytes > 0 || !text.isEmpty()) {
      buffer.add(stream, text, bytes);
      tail.append(text);
    }
  }

  private boolean keepProgress(String document) {
    if (!isDocument.test(document)) {
      return false;
    }
    progress = document;
    return true;
  }
}
