package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import org.jspecify.annotations.Nullable;

/** What became of bytes that were offered. */
public sealed interface Staging {
  /**
   * They are durable, and nobody's yet: {@link Blobs#keep} makes them a tenant's, or the collector
   * deletes them.
   *
   * @param id where they lie
   * @param digest their SHA-256, computed while they came
   * @param bytes how many
   */
  record Staged(BlobId id, Sha256 digest, long bytes) implements Staging {}

  /**
   * They are not what was announced; nothing of them is kept.
   *
   * @param reason which rule
   * @param detail one sentence
   */
  record Refused(Reason reason, String detail) implements Staging {}

  /** Why bytes are refused. */
  enum Reason {
    /** More than may come. */
    TOO_LARGE,
    /** The connection ended before the bytes did. */
    BROKEN_OFF,
    /** Another number than announced. */
    LENGTH,
    /** Another digest than announced. */
    CHECKSUM
  }

  /**
   * What is known of bytes before they come.
   *
   * @param bytesMax most there may be
   * @param bytes how many they must be, if that is known
   * @param digest what their SHA-256 must be, if that is known
   */
  record Expected(long bytesMax, @Nullable Long bytes, @Nullable Sha256 digest) {
    /** Nothing but a limit. */
    public static Expected atMost(long bytesMax) {
      return new Expected(bytesMax, null, null);
    }
  }
}
