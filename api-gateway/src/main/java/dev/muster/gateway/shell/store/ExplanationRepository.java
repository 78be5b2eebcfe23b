package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.view.ExplainView;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what the dispatcher says of jobs that wait. */
@ApplicationScoped
public class ExplanationRepository {
  private final Pool pool;
  private final DatabaseWatch watch;

  ExplanationRepository(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * What is known of a job.
   *
   * @param said what the dispatcher said in the last five seconds, or null
   * @param now the database's time
   */
  public record Found(ExplainView.@Nullable Said said, Instant now) {}

  /** Looks a job up; whether the caller may see it is asked before. */
  public Found find(JobId job) {
    Row row =
        watch
            .await(
                pool.preparedQuery(
                        "SELECT now() AS now, e.* FROM (SELECT 1) AS one"
                            + " LEFT JOIN dispatcher.explanation e"
                            + " ON e.job_id = $1 AND e.at > now() - interval '5 seconds'")
                    .execute(Tuple.of(job.value())))
            .iterator()
            .next();
    Instant now = time(row, "now");
    return new Found(
        row.getString("reason") == null
            ? null
            : new ExplainView.Said(
                row.getString("reason"),
                row.getString("detail"),
                row.getInteger("ahead"),
                row.getInteger("waiting"),
                row.getInteger("live"),
                time(row, "at")),
        now);
  }

  private static Instant time(Row row, String column) {
    return Objects.requireNonNull(row.get(OffsetDateTime.class, column)).toInstant();
  }
}
