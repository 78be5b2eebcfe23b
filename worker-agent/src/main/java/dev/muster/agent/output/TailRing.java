package dev.muster.agent.output;

import java.nio.charset.StandardCharsets;

/** The last so many UTF-8 bytes of a text that grows; never cuts a character apart. */
public final class TailRing {
  private final int bytesMax;
  private byte[] kept = new byte[0];

  /**
   * @param bytesMax most bytes of {@link #text()}
   */
  public TailRing(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Adds text at the end. */
  public void append(String text) {
    // A character takes at least one byte, so no more than bytesMax of them can matter.
    String end = text.length() > bytesMax ? text.substring(text.length() - bytesMax) : text;
    byte[] added = end.getBytes(StandardCharsets.UTF_8);
    int old = Math.min(kept.length, Math.max(0, bytesMax - added.length));
    int fresh = Math.min(added.length, bytesMax);
    byte[] joined = new byte[old + fresh];
    System.arraycopy(kept, kept.length - old, joined, 0, old);
    System.arraycopy(added, added.length - fresh, joined, old, fresh);
    kept = joined;
  }

  /** What is kept, from a whole character on. */
  public String text() {
    int from = 0;
    while (from < kept.length && (kept[from] & 0xC0) == 0x80) {
      from++;
    }
    return new String(kept, from, kept.length - from, StandardCharsets.UTF_8);
  }
}
