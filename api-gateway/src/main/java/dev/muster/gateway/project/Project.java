package dev.muster.gateway.project;

import dev.muster.gateway.blob.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A named source tree of a tenant.
 *
 * @param name its name, unique within the tenant
 * @param remoteDir where it lies on the user's side; kept, never used as a path
 * @param createdAt when it was made
 * @param current its newest revision; null before the first push
 */
public record Project(
    String name, @Nullable String remoteDir, Instant createdAt, @Nullable Revision current) {
  /**
   * One pushed archive.
   *
   * @param digest SHA-256 of the archive; names the revision
   * @param bytes size of the archive
   * @param files plain files in it
   * @param unpackedBytes size of those files
   * @param pushedAt when it was first pushed
   */
  public record Revision(
      Sha256 digest, long bytes, int files, long unpackedBytes, Instant pushedAt) {}

  /** Whether a text may be a project's name: it is part of addresses, so it is kept simple. */
  public static boolean isName(String text) {
    return text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}") && !text.endsWith(".");
  }

  /** Who holds the bytes of a revision. */
  public static String owner(String tenant, String name, Sha256 digest) {
    return "project/" + tenant + "/" + name + "/" + digest.hex();
  }
}
