package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.S3Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes within an {@code aws-chunked} body. Where chunks are signed, each signature is compared
 * when its chunk has passed; whoever stores the bytes shows them only when the whole has.
 */
final class SignedChunks extends InputStream {
  private static final int LINE_MAX = 4_096;
  private static final int TRAILERS_MAX = 16;

  private final InputStream in;
  private final @Nullable SigningKey key;
  private final Map<String, String> trailers = new TreeMap<>();
  private final MessageDigest digest = SigningKey.sha256();
  private String previous;
  private String announced = "";
  private long left;
  private boolean begun;
  private boolean ended;

  /**
   * @param key with which chunks are signed; null when they are not
   * @param seed the signature of the request
   */
  SignedChunks(InputStream in, @Nullable SigningKey key, String seed) {
    this.in = in;
    this.key = key;
    this.previous = seed;
  }

  /** What came behind the bytes, by names in lower case; empty before the end. */
  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw new BodyException(S3Error.INCOMPLETE_BODY);
    }
    digest.update(buffer, offset, n);
    left -= n;
    return n;
  }

  private void nextChunk() throws IOException {
    if (begun) {
      if (!line().isEmpty()) {
        throw new BodyException(S3Error.INCOMPLETE_BODY);
      }
      checkChunk();
    }
    begun = true;
    String head = line();
    int semicolon = head.indexOf(';');
    String size = semicolon < 0 ? head : head.substring(0, semicolon);
    if (!size.matches("[0-9a-fA-F]{1,12}")) {
      throw new BodyException(S3Error.INCOMPLETE_BODY);
    }
    announced = semicolon < 0 ? "" : head.substring(semicolon + 1);
    left = Long.parseLong(size, 16);
    if (left == 0) {
      checkChunk();
      readTrailers();
      ended = true;
    }
  }

  private void checkChunk() throws BodyException {
    if (key == null) {
      return;
    }
    String expected = key.ofChunk(previous, HexFormat.of().formatHex(digest.digest()));
    if (!equal("chunk-signature=" + expected, announced)) {
      throw new BodyException(S3Error.SIGNATURE_MISMATCH);
    }
    previous = expected;
  }

  private void readTrailers() throws IOException {
    StringBuilder canonical = new StringBuilder();
    String signature = null;
    for (int i = 0; i < TRAILERS_MAX; i++) {
      String line = line();
      int colon = line.indexOf(':');
      if (colon < 0) {
        break;
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      if (name.equals("x-amz-trailer-signature")) {
        signature = value;
      } else {
        canonical.append(name).append(':').append(value).append('\n');
        trailers.put(name, value);
      }
    }
    if (key != null
        && !trailers.isEmpty()
        && (signature == null
            || !equal(key.ofTrailer(previous, canonical.toString()), signature))) {
      throw new BodyException(S3Error.SIGNATURE_MISMATCH);
    }
  }

  private static boolean equal(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /** A line without its end; empty at the end of all. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (line.size() == LINE_MAX) {
        throw new BodyException(S3Error.INCOMPLETE_BODY);
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
