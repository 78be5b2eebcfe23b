package dev.muster.gateway.shell.packaging;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.packaging.PackageView;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.gateway.retention.Keeping;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Hands packages out, or says why there is none. */
@Singleton
public class PackageDesk {
  private static final int COME_AGAIN_SECONDS = 2;

  private final Database database;
  private final Blobs blobs;
  private final Packages packages;
  private final PackageConfig config;
  private final ResultDeletions deletions;

  PackageDesk(
      Database database,
      Blobs blobs,
      Packages packages,
      PackageConfig config,
      ResultDeletions deletions) {
    this.deletions = deletions;
    this.database = database;
    this.blobs = blobs;
    this.packages = packages;
    this.config = config;
  }

  /**
   * The package of a job.
   *
   * @throws ProblemException when the job has not ended (425), its results are deleted (410), or
   *     the package is still being built (503)
   */
  public ResultPackage ready(String tenant, JobRepository.Found job) {
    requireEnded(job);
    deletions.requireKept(job);
    return built(tenant, job);
  }

  /** What is known of the package of a job; of deleted results what there is to know. */
  public PackageView about(String tenant, JobRepository.Found job) {
    requireEnded(job);
    Keeping keeping = deletions.keeping(tenant, job);
    Optional<ResultPackage> made =
        keeping.deletion() == null
            ? Optional.of(built(tenant, job))
            : database.transaction(tx -> PackageRepository.find(tx, tenant, job.stored().id()));
    return PackageView.of(job.stored().id(), made.orElse(null), keeping);
  }

  private static void requireEnded(JobRepository.Found job) {
    if (!job.facts().state().isTerminal()) {
      throw new ProblemException(ProblemKind.JOB_NOT_READY, "job not ready");
    }
  }

  private ResultPackage built(String tenant, JobRepository.Found job) {
    try {
      return packages
          .of(tenant, job, config.waitMax())
          .orElseThrow(() -> {
            throw new ProblemException(
                Problem.of(
                        ProblemKind.PACKAGE_NOT_READY,
                        "Expected a package, but it is still being built; ask again",
                        List.of())
                    .retryAfter(COME_AGAIN_SECONDS));
          });
    } catch (PackageFailedException e) {
      throw new ProblemException(
          ProblemKind.STORE_UNAVAILABLE, "Expected to build a package, but the store failed");
    }
  }

  /** The tenant's bytes with this digest. */
  public Blob blob(String tenant, Sha256 digest) {
    return database
        .transaction(tx -> blobs.find(tx, tenant, digest))
        .orElseThrow(() -> ProblemException.notFound("file"));
  }
}
