package dev.muster.kit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that somebody else reads, remembering why they could not be had: so their failure can be
 * told from one of the reader's own, however the reader wraps it.
 */
public class SourceStream extends FilterInputStream {
  private @Nullable IOException failure;

  public SourceStream(InputStream in) {
    super(in);
  }

  /** What the bytes failed with, or null. */
  public @Nullable IOException failure() {
    return failure;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      return super.read(buffer, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
