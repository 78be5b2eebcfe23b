package dev.muster.gateway.shell.blob;

import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of a client on their way into the store: bounded, told apart from failures of the store
 * itself, and now and then a sign of life for whoever must know that they still come.
 */
final class Intake extends InputStream {
  /** The client's fault, not the store's. */
  static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;
    private final Staging.Reason reason;

    BrokenException(Staging.Reason reason, String detail) {
      super(detail);
      this.reason = reason;
    }

    Staging.Refused refusal() {
      return new Staging.Refused(reason, String.valueOf(getMessage()));
    }
  }

  private final InputStream in;
  private final long bytesMax;
  private final long everyNanos;
  private final Runnable signOfLife;
  private long nextNanos;
  private long passed;

  Intake(InputStream in, long bytesMax, long everyNanos, Runnable signOfLife) {
    this.in = in;
    this.bytesMax = bytesMax;
    this.everyNanos = everyNanos;
    this.signOfLife = signOfLife;
    this.nextNanos = System.nanoTime() + everyNanos;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = readFully(buffer, offset, length);
    passed += Math.max(n, 0);
    if (passed > bytesMax) {
      throw new BrokenException(
          Staging.Reason.TOO_LARGE, "Expected at most " + bytesMax + " bytes, but there are more");
    }
    if (System.nanoTime() - nextNanos > 0) {
      nextNanos = System.nanoTime() + everyNanos;
      signOfLife.run();
    }
    return n;
  }

  /** Small pieces of the network become large ones for the disk. */
  private int readFully(byte[] buffer, int offset, int length) throws BrokenException {
    try {
      int n = in.readNBytes(buffer, offset, length);
      return n == 0 && length > 0 ? -1 : n;
    } catch (IOException e) {
      throw new BrokenException(
          Staging.Reason.BROKEN_OFF, "Expected all bytes, but the connection ended before them");
    }
  }

  long passed() {
    return passed;
  }
}
