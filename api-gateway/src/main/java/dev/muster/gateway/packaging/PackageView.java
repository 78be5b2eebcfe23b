package dev.muster.gateway.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.retention.Keeping;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A package as the API shows it. What describes the package is null where results were deleted
 * before one was built.
 *
 * @param jobId the job
 * @param sizeBytes bytes of the archive
 * @param sha256 their SHA-256
 * @param files how many files the archive has
 * @param manifestSha256 SHA-256 of the manifest
 * @param signature Ed25519 over the bytes of the manifest, base64
 * @param keyId the key that signed
 * @param builtAt when it was built
 * @param plan the tenant's plan when the job ended
 * @param expiresAt when the results are deleted at the latest
 * @param deletedAt when they were deleted; null while they are there
 * @param deletedBecause {@code user} or {@code retention}
 * @param downloads where its files are; empty when they are deleted
 */
public record PackageView(
    String jobId,
    @Nullable Long sizeBytes,
    @Nullable String sha256,
    @Nullable Integer files,
    @Nullable String manifestSha256,
    @Nullable String signature,
    @Nullable String keyId,
    @Nullable Instant builtAt,
    String plan,
    Instant expiresAt,
    @Nullable Instant deletedAt,
    @Nullable String deletedBecause,
    List<String> downloads) {
  /** The view of a job's package. */
  public static PackageView of(JobId job, @Nullable ResultPackage made, Keeping keeping) {
    Keeping.Deletion deletion = keeping.deletion();
    return new PackageView(
        job.external(),
        made == null ? null : made.bytes(),
        made == null ? null : made.digest().hex(),
        made == null ? null : made.files(),
        made == null ? null : made.manifest().hex(),
        made == null ? null : made.signature(),
        made == null ? null : made.keyId(),
        made == null ? null : made.builtAt(),
        keeping.plan().word(),
        keeping.expiresAt(),
        deletion == null ? null : deletion.at(),
        deletion == null ? null : deletion.reason(),
        deletion == null ? downloads(job) : List.of());
  }

  private static List<String> downloads(JobId job) {
    String at = "/api/v1/jobs/" + job.external() + "/download";
    return List.of(
        at,
        at + "/" + PackageLayout.CHECKSUMS,
        at + "/" + PackageLayout.MANIFEST,
        at + "/" + PackageLayout.SIGNATURE);
  }
}
