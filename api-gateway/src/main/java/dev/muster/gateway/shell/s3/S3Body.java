package dev.muster.gateway.shell.s3;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.s3.S3Request;
import dev.muster.gateway.s3.Signed;
import dev.muster.gateway.shell.blob.Staging;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a request brings, in whatever form S3 clients send them, with every checksum that
 * they announce compared when the last byte has passed.
 */
final class S3Body extends InputStream {
  private static final String CHECKSUM = "x-amz-checksum-";
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final @Nullable SignedChunks chunks;
  private final @Nullable Sha256 digest;
  private final long bytes;
  private final List<Check> checks = new ArrayList<>();
  private @Nullable S3Error failure;
  private boolean ended;

  private S3Body(
      InputStream in, @Nullable SignedChunks chunks, @Nullable Sha256 digest, long bytes) {
    this.in = in;
    this.chunks = chunks;
    this.digest = digest;
    this.bytes = bytes;
  }

  /** The body of a request. */
  static S3Body of(S3Request request, S3Access.Granted granted, InputStream in) {
    String payload = granted.signed().payload();
    boolean chunked = payload.startsWith("STREAMING-");
    String length = request.header(chunked ? "x-amz-decoded-content-length" : "content-length");
    if (length == null || !length.matches("[0-9]{1,15}")) {
      throw new S3Exception(S3Error.INVALID_ARGUMENT);
    }
    SignedChunks chunks =
        switch (payload) {
          case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" ->
              new SignedChunks(buffered(in), granted.key(), granted.signed().signature());
          case "STREAMING-UNSIGNED-PAYLOAD-TRAILER" -> new SignedChunks(buffered(in), null, "");
          default -> null;
        };
    Optional<Sha256> digest = Sha256.parse(payload);
    if (chunks == null && digest.isEmpty() && !payload.equals(Signed.UNSIGNED)) {
      throw new S3Exception(S3Error.NOT_IMPLEMENTED);
    }
    S3Body body =
        new S3Body(
            chunks == null ? in : chunks, chunks, digest.orElse(null), Long.parseLong(length));
    body.announce(request);
    return body;
  }

  private static InputStream buffered(InputStream in) {
    return new BufferedInputStream(in, BUFFER_BYTES);
  }

  private void announce(S3Request request) {
    String md5 = request.header("content-md5");
    if (md5 != null) {
      checks.add(new Check("content-md5", Check.computing("md5"), md5));
    }
    for (String name : List.of("crc32", "crc32c", "sha1", "sha256")) {
      String announced = request.header(CHECKSUM + name);
      String trailers = request.header("x-amz-trailer");
      if (announced != null
          || trailers != null && List.of(trailers.split(",", -1)).contains(CHECKSUM + name)) {
        checks.add(new Check(CHECKSUM + name, Check.computing(name), announced));
      }
    }
  }

  /** What is known of the bytes before they come. */
  Staging.Expected expected() {
    return new Staging.Expected(bytes, bytes, digest);
  }

  /** Why the bytes are refused, if they are; whoever read them knows only that they are. */
  Optional<S3Error> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int n = in.read(buffer, offset, length);
      if (n > 0) {
        checks.forEach(check -> check.computing().update(buffer, offset, n));
      } else if (n < 0 && !ended) {
        ended = true;
        compare();
      }
      return n;
    } catch (BodyException e) {
      failure = e.error();
      throw e;
    }
  }

  private void compare() throws BodyException {
    Map<String, String> trailers = chunks == null ? Map.of() : chunks.trailers();
    for (Check check : checks) {
      String announced = check.announced() == null ? trailers.get(check.name()) : check.announced();
      if (!check.computing().value().equals(announced)) {
        throw new BodyException(S3Error.BAD_DIGEST);
      }
    }
  }

  /**
   * A checksum that is computed.
   *
   * @param name under which it is announced
   * @param computing its state
   * @param announced its value in base 64; null when it comes behind the bytes
   */
  private record Check(String name, Computing computing, @Nullable String announced) {
    static Computing computing(String name) {
      return switch (name) {
        case "crc32" -> new OfChecksum(new CRC32());
        case "crc32c" -> new OfChecksum(new CRC32C());
        case "sha1" -> new OfDigest(SigningKey.digest("SHA-1"));
        case "md5" -> new OfDigest(SigningKey.digest("MD5"));
        case "sha256" -> new OfDigest(SigningKey.sha256());
        default -> throw new IllegalArgumentException("Expected a checksum, but got " + name);
      };
    }
  }

  private sealed interface Computing {
    void update(byte[] buffer, int offset, int length);

    String value();
  }

  private record OfChecksum(Checksum checksum) implements Computing {
    @Override
    public void update(byte[] buffer, int offset, int length) {
      checksum.update(buffer, offset, length);
    }

    @Override
    public String value() {
      return Base64.getEncoder()
          .encodeToString(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
  }

  private record OfDigest(MessageDigest digest) implements Computing {
    @Override
    public void update(byte[] buffer, int offset, int length) {
      digest.update(buffer, offset, length);
    }

    @Override
    public String value() {
      return Base64.getEncoder().encodeToString(digest.digest());
    }
  }
}
