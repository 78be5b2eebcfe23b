package dev.muster.cli.shell;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files and streams, computed here and believed from nobody. */
final class Digests {
  private static final int BUFFER_BYTES = 256 * 1024;

  private Digests() {}

  /** Size and digest of some bytes. */
  record Sum(long bytes, String sha256) {}

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in).sha256();
    }
  }

  static Sum of(InputStream in) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
      bytes += n;
    }
    return new Sum(bytes, HexFormat.of().formatHex(digest.digest()));
  }
}
