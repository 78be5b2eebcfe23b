package dev.muster.gateway.shell.retention;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.retention.Keeping;
import dev.muster.gateway.retention.Plan;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of deletions of results, and of the plans that tenants had. */
public final class DeletionRepository {
  /** The shortest time that any plan keeps results: younger jobs are not looked at. */
  private static final long DAYS_MIN =
      Arrays.stream(Plan.values()).mapToLong(plan -> plan.kept().toDays()).min().orElseThrow();

  private static final String EXPIRE =
      """
      INSERT INTO gateway.result_deletion (job_id, tenant, reason)
      SELECT j.job_id, j.tenant, 'retention' FROM aggregator.job j
      CROSS JOIN LATERAL (SELECT coalesce((
        SELECT p.plan FROM gateway.tenant_plan p WHERE p.tenant = j.tenant AND p.since <= j.ended_at
        ORDER BY p.since DESC LIMIT 1), $4) AS plan) AS had
      JOIN unnest($2::text[], $3::int[]) AS k (plan, days) ON k.plan = had.plan
      WHERE j.ended_at IS NOT NULL AND NOT j.results_deleted
        AND j.ended_at < $1::timestamptz - $5 * interval '1 day'
        AND j.ended_at < $1::timestamptz - k.days * interval '1 day'
        AND NOT EXISTS (SELECT FROM gateway.result_deletion d WHERE d.job_id = j.job_id)
      ORDER BY j.ended_at LIMIT $6
      ON CONFLICT (job_id) DO NOTHING RETURNING job_id
      """;

  private DeletionRepository() {}

  /** Whatever becomes of a job's results waits until this transaction ends. */
  public static void lock(Tx tx, JobId job) {
    tx.query("SELECT FROM gateway.submission WHERE job_id = $1 FOR UPDATE", job.value());
  }

  /** The deletion of a job's results, if there is one. */
  public static Optional<Keeping.Deletion> find(Tx tx, JobId job) {
    for (Row row :
        tx.query("SELECT reason, at FROM gateway.result_deletion WHERE job_id = $1", job.value())) {
      return Optional.of(
          new Keeping.Deletion(
              row.getString("reason"), row.get(OffsetDateTime.class, "at").toInstant()));
    }
    return Optional.empty();
  }

  /** Whether results of a job of this tenant are kept, and until when. */
  public static Keeping keeping(Tx tx, String tenant, JobId job, Instant ended) {
    Plan plan = plan(tx, tenant, ended);
    return new Keeping(plan, plan.expiresAt(ended), find(tx, job).orElse(null));
  }

  /** The plan of a tenant at a time. */
  public static Plan plan(Tx tx, String tenant, Instant at) {
    for (Row row :
        tx.query(
            "SELECT plan FROM gateway.tenant_plan WHERE tenant = $1 AND since <= $2"
                + " ORDER BY since DESC LIMIT 1",
            tenant,
            OffsetDateTime.ofInstant(at, ZoneOffset.UTC))) {
      return Plan.of(row.getString("plan")).orElseThrow();
    }
    return Plan.FREE;
  }

  /** The tenant has another plan from now on; false when there is no such tenant. */
  public static boolean changePlan(Tx tx, String tenant, Plan plan) {
    return tx.update(
            "INSERT INTO gateway.tenant_plan (tenant, plan, since)"
                + " SELECT id, $2::text, now() FROM gateway.tenant WHERE id = $1"
                + " ON CONFLICT (tenant, since) DO UPDATE SET plan = excluded.plan",
            tenant,
            plan.word())
        == 1;
  }

  /** Notes that a user deletes results; false when they are deleted already. */
  static boolean note(Tx tx, String tenant, JobId job) {
    return tx.update(
            "INSERT INTO gateway.result_deletion (job_id, tenant, reason) VALUES ($1, $2, 'user')"
                + " ON CONFLICT (job_id) DO NOTHING",
            job.value(),
            tenant)
        == 1;
  }

  /** Notes the jobs whose plan keeps their results no longer, at most so many. */
  static List<JobId> expire(Tx tx, Instant now, int max) {
    return jobs(
        tx,
        EXPIRE,
        OffsetDateTime.ofInstant(now, ZoneOffset.UTC),
        Arrays.stream(Plan.values()).map(Plan::word).toArray(String[]::new),
        Arrays.stream(Plan.values())
            .map(plan -> (int) plan.kept().toDays())
            .toArray(Integer[]::new),
        Plan.FREE.word(),
        DAYS_MIN,
        max);
  }

  /**
   * A deletion whose bytes are not given back yet; nobody else has it until the transaction ends.
   */
  static @Nullable JobId open(Tx tx) {
    List<JobId> found =
        jobs(
            tx,
            "SELECT job_id FROM gateway.result_deletion WHERE done_at IS NULL"
                + " ORDER BY job_id LIMIT 1 FOR UPDATE SKIP LOCKED");
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Nothing is left of the job's results. */
  static void done(Tx tx, JobId job) {
    tx.update("DELETE FROM gateway.package_due WHERE job_id = $1", job.value());
    tx.update("UPDATE gateway.result_deletion SET done_at = now() WHERE job_id = $1", job.value());
  }

  private static List<JobId> jobs(Tx tx, String sql, Object... arguments) {
    List<JobId> jobs = new ArrayList<>();
    for (Row row : tx.query(sql, arguments)) {
      jobs.add(new JobId(row.getString("job_id")));
    }
    return jobs;
  }
}
