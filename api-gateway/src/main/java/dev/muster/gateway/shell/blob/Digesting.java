package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.Sha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Counts and digests bytes as they pass. For one thread. */
final class Digesting {
  private final MessageDigest digest;
  private long bytes;

  Digesting() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  void update(byte[] buffer, int length) {
    update(buffer, 0, length);
  }

  void update(byte[] buffer, int offset, int length) {
    digest.update(buffer, offset, length);
    bytes += length;
  }

  /** What has passed; call it once. */
  BlobStore.Written written() {
    return new BlobStore.Written(Sha256.of(digest.digest()), bytes);
  }
}
