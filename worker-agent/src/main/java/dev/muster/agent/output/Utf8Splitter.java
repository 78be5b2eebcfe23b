package dev.muster.agent.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns a stream of bytes into text, whatever the reads cut apart. A character that is not whole
 * yet (at most three bytes) is kept for the next piece; broken bytes become U+FFFD.
 */
public final class Utf8Splitter {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] kept = new byte[0];

  /**
   * A piece of text and how many bytes of the stream it stands for.
   *
   * @param text may be empty
   * @param bytes from 0
   */
  public record Decoded(String text, int bytes) {}

  /** Decodes what can be decoded. */
  public Decoded accept(byte[] bytes, int from, int length) {
    return decode(bytes, from, length, false);
  }

  /** The stream ended: what is kept is broken. */
  public Decoded end() {
    return decode(new byte[0], 0, 0, true);
  }

  private Decoded decode(byte[] bytes, int from, int length, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(kept.length + length).put(kept);
    in.put(bytes, from, length).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 2);
    CoderResult result = decoder.decode(in, out, last);
    if (result.isOverflow()) {
      throw new IllegalStateException("Expected UTF-8 to fit its own length, but it overflowed");
    }
    if (last) {
      decoder.flush(out);
      decoder.reset();
    }
    int consumed = in.position();
    kept = new byte[in.remaining()];
    in.get(kept);
    return new Decoded(out.flip().toString(), consumed);
  }
}
