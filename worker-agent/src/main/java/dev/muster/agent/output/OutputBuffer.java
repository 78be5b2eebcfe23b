package dev.muster.agent.output;

import dev.muster.contracts.task.ProgressEvent.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * The output of one attempt on its way out, bounded whatever the command writes. The first bytes
 * are streamed whole; beyond {@code wholeMax} each flush carries only the newest {@value
 * #PIECE_MAX} bytes or so, and the offsets show the gap. Offsets count in the order in which pieces
 * become text, so they never go back.
 */
public final class OutputBuffer {
  /** A piece is closed at this many bytes. */
  public static final int PIECE_MAX = 8 * 1024;

  private static final int COUNT_ALONE_MAX = 1 << 30;

  private final long wholeMax;
  private final int pendingMax;
  private final List<OutputPiece> pending = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Stream stream = Stream.STDOUT;
  private long start;
  private int bytes;
  private int pendingBytes;
  private long dropped;

  /**
   * @param wholeMax bytes that are streamed whole, about
   * @param pendingMax most bytes that wait for a flush; what is older is dropped
   */
  public OutputBuffer(long wholeMax, int pendingMax) {
    this.wholeMax = wholeMax;
    this.pendingMax = pendingMax;
  }

  /** Adds decoded output; the text may be empty where a progress line was taken out. */
  public void add(Stream from, String decoded, int length) {
    if (bytes > 0 && (from != stream || bytes + length > PIECE_MAX)) {
      close();
    }
    stream = from;
    bytes += length;
    text.append(decoded);
    if (bytes >= PIECE_MAX) {
      close();
    }
  }

  /** Whether a full piece waits that may be sent at once. */
  public boolean isFull() {
    return !pending.isEmpty() && !isBeyondWhole();
  }

  /** Whether the attempt wrote more than is streamed whole, so that flushes should be rare. */
  public boolean isBeyondWhole() {
    return start > wholeMax;
  }

  /** Bytes that were never handed out. */
  public long dropped() {
    return dropped;
  }

  /** Takes out what is to be sent now. */
  public List<OutputPiece> flush() {
    close();
    List<OutputPiece> pieces = List.copyOf(pending);
    pending.clear();
    pendingBytes = 0;
    return pieces;
  }

  private void close() {
    // Bytes without text (progress lines) are counted with the next piece: they are no gap.
    if (text.isEmpty() && bytes < COUNT_ALONE_MAX) {
      return;
    }
    pending.add(new OutputPiece(stream, start, bytes, text.toString()));
    pendingBytes += bytes;
    start += bytes;
    bytes = 0;
    text.setLength(0);
    int most = isBeyondWhole() ? PIECE_MAX : pendingMax;
    while (pendingBytes > most && pending.size() > 1) {
      OutputPiece oldest = pending.removeFirst();
      pendingBytes -= oldest.bytes();
      dropped += oldest.bytes();
    }
  }
}
