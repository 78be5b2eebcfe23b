package dev.muster.gateway.shell.artifact;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of an attempt that asks for something. */
public final class AttemptFacts {
  private static final Set<String> OVER = Set.of("SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED");

  private AttemptFacts() {}

  /** Whose job it is. */
  public static Optional<String> tenant(Tx tx, JobId job) {
    for (Row row :
        tx.query("SELECT tenant FROM gateway.submission WHERE job_id = $1", job.value())) {
      return Optional.of(row.getString("tenant"));
    }
    return Optional.empty();
  }

  /**
   * The job whose attempt did a task: the job itself, or, of a task that a retry has taken over,
   * the one that it was taken over from.
   */
  public static JobId origin(Tx tx, JobId job, int task) {
    JobId origin = job;
    JobId before = takenOverFrom(tx, origin, task);
    while (before != null) {
      origin = before;
      before = takenOverFrom(tx, origin, task);
    }
    return origin;
  }

  /** A job is submitted after the one it repeats, so that this comes to an end. */
  private static @Nullable JobId takenOverFrom(Tx tx, JobId job, int task) {
    for (Row row : tx.query("SELECT spec FROM gateway.submission WHERE job_id = $1", job.value())) {
      JobSpec spec = Json.read(row.getString("spec"), JobSpec.class);
      return spec.carried().contains(task) ? spec.retryOf() : null;
    }
    return null;
  }

  /**
   * Whether the attempt can still succeed. The aggregator may hear of a lease after its holder has
   * done the work, so what it does not know yet is no reason to refuse.
   */
  public static boolean isCurrent(Tx tx, AttemptRef attempt) {
    for (Row row :
        tx.query(
            "SELECT state, attempt, epoch FROM aggregator.task WHERE job_id = $1 AND index = $2",
            attempt.job().value(),
            attempt.index())) {
      return row.getLong("epoch") <= attempt.epoch() && !OVER.contains(row.getString("state"));
    }
    return true;
  }
}
