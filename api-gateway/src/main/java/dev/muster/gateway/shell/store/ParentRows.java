package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.ParentEnd;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of the jobs that others wait for. */
public final class ParentRows {
  private static final String NEWEST_RETRIES =
      """
      WITH RECURSIVE retried (first, job) AS (
        SELECT id, id FROM unnest($1::text[]) AS id
        UNION
        SELECT r.first, s.job_id FROM retried r
        JOIN gateway.submission s ON s.retry_of = r.job AND s.tenant = $2)
      SELECT first, max(job COLLATE "C") AS newest FROM retried GROUP BY first
      """;

  private ParentRows() {}

  /** Which of these are jobs of the tenant. */
  public static Set<JobId> known(Tx tx, String tenant, Collection<JobId> jobs) {
    Set<JobId> known = new HashSet<>();
    for (Row row :
        tx.query(
            "SELECT job_id FROM gateway.submission WHERE tenant = $1 AND job_id = ANY($2)",
            tenant,
            texts(jobs))) {
      known.add(new JobId(row.getString("job_id")));
    }
    return known;
  }

  /**
   * How the parents of these jobs ended, of those that have. What has not ended by the snapshot of
   * this statement has its end published later than that.
   */
  public static Map<JobId, JobState> ended(Tx tx, Collection<JobSpec> specs) {
    List<JobId> parents = new ArrayList<>();
    for (JobSpec spec : specs) {
      Dependencies dependencies = spec.dependsOn();
      if (dependencies != null) {
        parents.addAll(dependencies.jobs());
      }
    }
    Map<JobId, JobState> ended = new HashMap<>();
    if (parents.isEmpty()) {
      return ended;
    }
    for (Row row :
        tx.query(
            "SELECT job_id, state FROM aggregator.job"
                + " WHERE job_id = ANY($1) AND state IN"
                + " ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED')",
            (Object) texts(parents))) {
      ended.put(new JobId(row.getString("job_id")), JobState.valueOf(row.getString("state")));
    }
    return ended;
  }

  /** What a submission says of the ends of its parents; null when none has ended. */
  static @Nullable List<ParentEnd> endsOf(JobSpec spec, Map<JobId, JobState> ended) {
    Dependencies dependencies = spec.dependsOn();
    if (dependencies == null) {
      return null;
    }
    List<ParentEnd> ends = new ArrayList<>();
    for (JobId parent : dependencies.jobs()) {
      JobState state = ended.get(parent);
      if (state != null) {
        ends.add(new ParentEnd(parent, state));
      }
    }
    return ends.isEmpty() ? null : ends;
  }

  /** The newest retry of each of these jobs, or of its retries; ids sort by age. */
  public static Map<JobId, JobId> newestRetries(Tx tx, String tenant, Collection<JobId> jobs) {
    Map<JobId, JobId> newest = new HashMap<>();
    for (Row row : tx.query(NEWEST_RETRIES, texts(jobs), tenant)) {
      newest.put(new JobId(row.getString("first")), new JobId(row.getString("newest")));
    }
    return newest;
  }

  private static String[] texts(Collection<JobId> jobs) {
    return jobs.stream().map(JobId::value).toArray(String[]::new);
  }
}
