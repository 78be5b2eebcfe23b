package dev.muster.gateway.shell.artifact;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Artifacts of tenants. What an attempt left is there for its owner from the moment in which the
 * aggregator has recorded that very attempt's success, and never otherwise: the condition is part
 * of every query, so no step in between can be missed.
 */
public final class ArtifactRepository {
  private static final String COLUMNS =
      "a.id, a.name, a.sha256, a.bytes, a.created_at, a.job_id, a.task_index";

  /** What holds of an artifact {@code a} whose attempt has succeeded, as a condition. */
  public static final String SUCCEEDED =
      "EXISTS (SELECT FROM aggregator.task t WHERE t.job_id = a.job_id AND t.index = a.task_index"
          + " AND t.state = 'SUCCEEDED' AND t.attempt = a.attempt AND t.epoch = a.epoch)";

  private static final String SELECT =
      "SELECT "
          + COLUMNS
          + " FROM gateway.artifact a WHERE a.tenant = $1 AND (a.kept OR "
          + SUCCEEDED
          + ") AND NOT EXISTS (SELECT FROM gateway.result_deletion d WHERE d.job_id = a.job_id)";

  private ArtifactRepository() {}

  /**
   * Which artifacts to list; what is null is not asked for.
   *
   * @param job of this job
   * @param task of the task with this index
   * @param name of exactly this name
   * @param beforeId older than the one with this id
   * @param limit most artifacts
   */
  public record Filter(
      @Nullable JobId job,
      @Nullable Integer task,
      @Nullable String name,
      @Nullable String beforeId,
      int limit) {}

  /** Adds what a user uploaded; the same name with the same bytes is the same artifact. */
  public static Artifact add(Tx tx, String id, String name, Blob blob) {
    Row row =
        one(
            tx.query(
                "INSERT INTO gateway.artifact AS a (id, tenant, name, sha256, bytes, kept)"
                    + " VALUES ($1, $2, $3, $4, $5, true)"
                    + " ON CONFLICT (tenant, name, sha256) WHERE job_id IS NULL"
                    + " DO UPDATE SET kept = true RETURNING "
                    + COLUMNS,
                id,
                blob.tenant(),
                name,
                Buffer.buffer(blob.digest().bytes()),
                blob.bytes()));
    return artifact(Objects.requireNonNull(row));
  }

  /** The artifact that an attempt has already left under this name. */
  public static Optional<Artifact> ofAttempt(Tx tx, AttemptRef attempt, String name) {
    return Optional.ofNullable(
            one(
                tx.query(
                    "SELECT "
                        + COLUMNS
                        + " FROM gateway.artifact a WHERE job_id = $1 AND task_index = $2"
                        + " AND epoch = $3 AND name = $4",
                    attempt.job().value(),
                    attempt.index(),
                    attempt.epoch(),
                    name)))
        .map(ArtifactRepository::artifact);
  }

  /**
   * Adds what an attempt left, undecided.
   *
   * @return whether the name was free
   */
  public static boolean add(Tx tx, String id, AttemptRef attempt, String name, Blob blob) {
    return tx.update(
            "INSERT INTO gateway.artifact"
                + " (id, tenant, name, sha256, bytes, job_id, task_index, attempt, epoch, kept)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, false) ON CONFLICT DO NOTHING",
            id,
            blob.tenant(),
            name,
            Buffer.buffer(blob.digest().bytes()),
            blob.bytes(),
            attempt.job().value(),
            attempt.index(),
            attempt.attempt(),
            attempt.epoch())
        == 1;
  }

  /** How many files an attempt has left so far. */
  public static int count(Tx tx, AttemptRef attempt) {
    return Objects.requireNonNull(
            one(
                tx.query(
                    "SELECT count(*)::int AS n FROM gateway.artifact"
                        + " WHERE job_id = $1 AND task_index = $2 AND epoch = $3",
                    attempt.job().value(),
                    attempt.index(),
                    attempt.epoch())))
        .getInteger("n");
  }

  /** The tenant's artifact with this id. */
  public static Optional<Artifact> find(Tx tx, String tenant, String id) {
    return Optional.ofNullable(one(tx.query(SELECT + " AND a.id = $2", tenant, id)))
        .map(ArtifactRepository::artifact);
  }

  /** The tenant's artifacts, newest first. */
  public static List<Artifact> list(Tx tx, String tenant, Filter filter) {
    List<Artifact> found = new ArrayList<>();
    for (Row row :
        tx.query(
            SELECT
                + " AND ($2::text IS NULL OR a.job_id = $2)"
                + " AND ($3::int IS NULL OR a.task_index = $3)"
                + " AND ($4::text IS NULL OR a.name = $4)"
                + " AND ($5::text IS NULL OR a.id < $5)"
                + " ORDER BY a.id DESC LIMIT $6",
            tenant,
            filter.job() == null ? null : filter.job().value(),
            filter.task(),
            filter.name(),
            filter.beforeId(),
            filter.limit())) {
      found.add(artifact(row));
    }
    return found;
  }

  /** The files that the tasks of a job left, by task and name, behind one of them. */
  public static List<Artifact> ofJob(
      Tx tx, String tenant, JobId job, @Nullable Artifact after, int limit) {
    List<Artifact> found = new ArrayList<>();
    Artifact.Source source = after == null ? null : after.source();
    for (Row row :
        tx.query(
            SELECT
                + " AND a.job_id = $2 AND (a.task_index, a.name) > ($3, $4)"
                + " ORDER BY a.task_index, a.name LIMIT $5",
            tenant,
            job.value(),
            source == null ? -1 : source.taskIndex(),
            after == null ? "" : after.name(),
            limit)) {
      found.add(artifact(row));
    }
    return found;
  }

  /**
   * Deletes files that attempts of a job left, visible or not; returns the ids of those deleted.
   */
  public static List<String> dropOfJob(Tx tx, JobId job, int max) {
    List<String> ids = new ArrayList<>();
    for (Row row :
        tx.query(
            "DELETE FROM gateway.artifact WHERE id IN (SELECT id FROM gateway.artifact"
                + " WHERE job_id = $1 ORDER BY task_index, epoch, name LIMIT $2) RETURNING id",
            job.value(),
            max)) {
      ids.add(row.getString("id"));
    }
    return ids;
  }

  /** How many files the tasks of a job left. */
  public static long countOfJob(Tx tx, String tenant, JobId job) {
    return Objects.requireNonNull(
            one(
                tx.query(
                    "SELECT count(*) AS n FROM gateway.artifact a WHERE a.tenant = $1"
                        + " AND a.job_id = $2 AND (a.kept OR "
                        + SUCCEEDED
                        + ")",
                    tenant,
                    job.value())))
        .getLong("n");
  }

  /** Deletes the tenant's artifact; false when there is none. */
  public static boolean delete(Tx tx, String tenant, String id) {
    return tx.update(
            "DELETE FROM gateway.artifact a WHERE a.tenant = $1 AND a.id = $2"
                + " AND (a.kept OR "
                + SUCCEEDED
                + ")",
            tenant,
            id)
        == 1;
  }

  /** Notes the success of attempts that the aggregator has recorded. */
  static int keepSucceeded(Tx tx, int max) {
    return tx.update(
        "UPDATE gateway.artifact SET kept = true WHERE id IN (SELECT a.id FROM gateway.artifact a"
            + " WHERE NOT a.kept AND "
            + SUCCEEDED
            + " LIMIT $1 FOR UPDATE SKIP LOCKED)",
        max);
  }

  /**
   * Deletes what attempts left that can succeed no more: the task has a later lease, or is over
   * with another one, or its job is over without it.
   *
   * @return the ids of what was deleted
   */
  static List<String> dropLost(Tx tx, int max) {
    List<String> ids = new ArrayList<>();
    for (Row row :
        tx.query(
            "DELETE FROM gateway.artifact WHERE id IN (SELECT a.id FROM gateway.artifact a"
                + " LEFT JOIN aggregator.task t ON t.job_id = a.job_id AND t.index = a.task_index"
                + " LEFT JOIN aggregator.job j ON j.job_id = a.job_id"
                + " WHERE NOT a.kept AND NOT coalesce(t.state = 'SUCCEEDED'"
                + " AND t.attempt = a.attempt AND t.epoch = a.epoch, false)"
                + " AND (t.epoch > a.epoch"
                + " OR t.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')"
                + " OR j.state IN ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED'))"
                + " LIMIT $1 FOR UPDATE OF a SKIP LOCKED) RETURNING id",
            max)) {
      ids.add(row.getString("id"));
    }
    return ids;
  }

  private static Artifact artifact(Row row) {
    String job = row.getString("job_id");
    return new Artifact(
        row.getString("id"),
        row.getString("name"),
        Sha256.of(row.getBuffer("sha256").getBytes()),
        row.getLong("bytes"),
        row.get(OffsetDateTime.class, "created_at").toInstant(),
        job == null ? null : new Artifact.Source(new JobId(job), row.getInteger("task_index")));
  }

  private static @Nullable Row one(RowSet<Row> rows) {
    return rows.size() == 0 ? null : rows.iterator().next();
  }
}
