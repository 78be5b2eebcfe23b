package dev.muster.gateway.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Sha256;
import java.time.Instant;

/**
 * A package that was built. It never changes; what is known of it stays when its bytes are deleted.
 *
 * @param job the job
 * @param digest SHA-256 of the archive
 * @param bytes of the archive
 * @param manifest SHA-256 of the manifest
 * @param signature Ed25519 over the manifest's bytes, base64
 * @param keyId the key that signed
 * @param files how many files the archive has
 * @param builtAt when
 */
public record ResultPackage(
    JobId job,
    Sha256 digest,
    long bytes,
    Sha256 manifest,
    String signature,
    String keyId,
    int files,
    Instant builtAt) {
  /** Who holds the bytes of a job's package. */
  public static String owner(JobId job) {
    return "package/" + job.value();
  }

  /** The line that GNU {@code sha256sum -c} reads in the download folder. */
  public String checksums() {
    return digest.hex() + "  " + PackageLayout.ARCHIVE + "\n";
  }
}
