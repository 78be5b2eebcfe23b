package dev.muster.gateway.packaging;

import java.time.Instant;
import java.util.List;

/**
 * A package as the API shows it.
 *
 * @param jobId the job
 * @param sizeBytes bytes of the archive
 * @param sha256 their SHA-256
 * @param files how many files the archive has
 * @param manifestSha256 SHA-256 of the manifest
 * @param signature Ed25519 over the bytes of the manifest, base64
 * @param keyId the key that signed
 * @param builtAt when it was built
 * @param downloads where its files are
 */
public record PackageView(
    String jobId,
    long sizeBytes,
    String sha256,
    int files,
    String manifestSha256,
    String signature,
    String keyId,
    Instant builtAt,
    List<String> downloads) {
  /** The view of a package. */
  public static PackageView of(ResultPackage made) {
    String at = "/api/v1/jobs/" + made.job().external() + "/download";
    return new PackageView(
        made.job().external(),
        made.bytes(),
        made.digest().hex(),
        made.files(),
        made.manifest().hex(),
        made.signature(),
        made.keyId(),
        made.builtAt(),
        List.of(
            at,
            at + "/" + PackageLayout.CHECKSUMS,
            at + "/" + PackageLayout.MANIFEST,
            at + "/" + PackageLayout.SIGNATURE));
  }
}
