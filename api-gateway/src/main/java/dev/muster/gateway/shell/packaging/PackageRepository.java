package dev.muster.gateway.shell.packaging;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of result packages, and of jobs whose packages are to be built. */
public final class PackageRepository {
  private PackageRepository() {}

  /** The package of a job of this tenant. */
  public static Optional<ResultPackage> find(Tx tx, String tenant, JobId job) {
    for (Row row :
        tx.query(
            "SELECT * FROM gateway.result_package WHERE job_id = $1 AND tenant = $2",
            job.value(),
            tenant)) {
      return Optional.of(
          new ResultPackage(
              job,
              Sha256.of(row.getBuffer("sha256").getBytes()),
              row.getLong("bytes"),
              Sha256.of(row.getBuffer("manifest_sha256").getBytes()),
              row.getString("signature"),
              row.getString("key_id"),
              row.getInteger("files"),
              row.get(OffsetDateTime.class, "built_at").toInstant()));
    }
    return Optional.empty();
  }

  /** Adds a package; false when the job has one, which stays. */
  static boolean add(Tx tx, String tenant, JobId job, PackageBuilder.Built built) {
    return tx.update(
            "INSERT INTO gateway.result_package (job_id, tenant, sha256, bytes, manifest_sha256,"
                + " manifest_bytes, signature, key_id, files)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (job_id) DO NOTHING",
            job.value(),
            tenant,
            Buffer.buffer(built.archive().digest().bytes()),
            built.archive().bytes(),
            Buffer.buffer(built.manifest().digest().bytes()),
            built.manifest().bytes(),
            built.signature(),
            built.keyId(),
            built.files())
        == 1;
  }

  /** This job has files: its package is built when it has ended. */
  public static void due(Tx tx, JobId job) {
    tx.update(
        "INSERT INTO gateway.package_due (job_id) VALUES ($1) ON CONFLICT DO NOTHING", job.value());
  }

  /** The job's package is there, or none is needed any more. */
  public static void done(Tx tx, JobId job) {
    tx.update("DELETE FROM gateway.package_due WHERE job_id = $1", job.value());
  }

  /**
   * A job whose package is to be built.
   *
   * @param tenant whose it is
   */
  record Due(String tenant, JobId job) {}

  /**
   * Some jobs with files that have ended. Whoever took them has a while to build, the longer the
   * more often it was tried; then somebody else may.
   */
  static List<Due> takeDue(Tx tx, int max, Duration settle) {
    List<Due> due = new ArrayList<>();
    for (Row row :
        tx.query(
            "UPDATE gateway.package_due d SET tries = d.tries + 1,"
                + " try_at = now() + least(d.tries + 1, 30) * interval '1 minute'"
                + " FROM (SELECT w.job_id, s.tenant FROM gateway.package_due w"
                + " JOIN gateway.submission s ON s.job_id = w.job_id"
                + " JOIN aggregator.job j ON j.job_id = w.job_id"
                + " WHERE w.try_at <= now() AND j.ended_at <= now() - $2 * interval '1 millisecond'"
                + " ORDER BY j.ended_at LIMIT $1 FOR UPDATE OF w SKIP LOCKED) n"
                + " WHERE d.job_id = n.job_id RETURNING d.job_id, n.tenant",
            max,
            settle.toMillis())) {
      due.add(new Due(row.getString("tenant"), new JobId(row.getString("job_id"))));
    }
    return due;
  }
}
