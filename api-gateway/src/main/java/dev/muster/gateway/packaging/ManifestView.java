package dev.muster.gateway.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Sha256;
import java.time.Instant;
import java.util.List;

/**
 * The manifest of a package, whose bytes are signed: every file with its size and digest.
 *
 * @param type what it is, and the version of its shape; part of what is signed, so that no other
 *     document passes for it
 * @param jobId the job
 * @param status how the job ended, by the native API's word
 * @param builtAt when the package was built
 * @param archive the archive as a whole
 * @param files what is in it, in its order; folders are left out
 * @param filesOmitted files of tasks that were more than a package holds
 */
public record ManifestView(
    String type,
    String jobId,
    String status,
    Instant builtAt,
    File archive,
    List<File> files,
    long filesOmitted) {
  /** The first shape. */
  public static final String TYPE = "muster.result-manifest.v1";

  /**
   * A file.
   *
   * @param name its name in the download folder, or its path in the archive
   * @param sizeBytes how many bytes it has
   * @param sha256 their SHA-256, 64 hexadecimal digits
   */
  public record File(String name, long sizeBytes, String sha256) {
    static File of(PackedFile file) {
      return new File(file.name(), file.sizeBytes(), file.digest().hex());
    }
  }

  /** The manifest of a job's package. */
  public static ManifestView of(
      JobId job,
      String status,
      Instant builtAt,
      Sha256 archive,
      long archiveBytes,
      List<PackedFile> files,
      long omitted) {
    return new ManifestView(
        TYPE,
        job.external(),
        status,
        builtAt,
        new File(PackageLayout.ARCHIVE, archiveBytes, archive.hex()),
        files.stream().map(File::of).toList(),
        omitted);
  }
}
