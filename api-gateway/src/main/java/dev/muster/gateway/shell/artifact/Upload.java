package dev.muster.gateway.shell.artifact;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An upload in parts that is under way.
 *
 * @param id {@code upl_} and a ULID
 * @param blob the file that it fills
 * @param session the store's own name for it
 * @param name what the artifact will be called
 * @param bytes how many bytes the whole has
 * @param partBytes how many bytes each part has, but the last
 * @param digest SHA-256 of the whole, if it was announced
 * @param expiresAt when it is given up
 */
public record Upload(
    String id,
    BlobId blob,
    String session,
    String name,
    long bytes,
    long partBytes,
    @Nullable Sha256 digest,
    Instant expiresAt) {
  /** Most parts of an upload, as S3 has it. */
  public static final int PARTS_MAX = 10_000;

  /** How many parts it has; an empty file has one. */
  public int parts() {
    return (int) Math.max(1, Math.ceilDiv(bytes, partBytes));
  }

  /** Where a part begins. */
  public long offset(int number) {
    return (number - 1) * partBytes;
  }

  /** How many bytes a part has. */
  public long bytes(int number) {
    return Math.min(partBytes, bytes - offset(number));
  }

  /** The size of parts that keeps their number within its limit. */
  public static long partBytes(long bytes, long usual) {
    return Math.max(usual, Math.ceilDiv(bytes, PARTS_MAX));
  }
}
