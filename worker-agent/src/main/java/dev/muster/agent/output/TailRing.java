package dev.muster.agent.output;

import java.nio.charset.StandardCharsets;

/** The last so many UTF-8 bytes of a text that grows; never cuts a character apart. */
public final class TailRing {
  private byte[] ring = new byte[0];
  private final int bytesMax;
  private long written;

  /**
   * @param bytesMax most bytes of {@link #text()}
   */
  public TailRing(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Adds text at the end. */
  public void append(String text) {
    if (text.isEmpty()) {
      return;
    }
    if (ring.length == 0) {
      // Most short tasks write nothing.
      ring = new byte[bytesMax];
    }
    // A character takes at least one byte, so no more than bytesMax of them can matter.
    String end = text.length() > bytesMax ? text.substring(text.length() - bytesMax) : text;
    byte[] added = end.getBytes(StandardCharsets.UTF_8);
    int from = Math.max(0, added.length - bytesMax);
    while (from < added.length) {
      int at = (int) (written % bytesMax);
      int length = Math.min(added.length - from, bytesMax - at);
      System.arraycopy(added, from, ring, at, length);
      written += length;
      from += length;
    }
  }

  /** What is kept, from a whole character on. */
  public String text() {
    int length = (int) Math.min(written, bytesMax);
    byte[] kept = new byte[length];
    for (int i = 0; i < length; i++) {
      kept[i] = ring[(int) ((written - length + i) % bytesMax)];
    }
    int from = 0;
    while (from < length && (kept[from] & 0xC0) == 0x80) {
      from++;
    }
    return new String(kept, from, length - from, StandardCharsets.UTF_8);
  }
}
