package dev.muster.gateway.shell.store;

import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Finds jobs that nobody has planned within a minute, and sends their submissions again: records
 * can get lost without their topic, say by a broker that acknowledged and then lost its power. Each
 * submission is looked at once, when it is a minute old; only those that stall are looked at again,
 * after a time that doubles, so that a planner that is merely late gets little to do twice.
 */
public final class StalledJobs implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StalledJobs.class);

  /** As reliability demands: at most this long until a loss is seen, on top of the minute. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  private static final int JOBS_MAX = 200;

  /** Up to an hour between two sendings of one job. */
  private static final String NEXT = "interval '60 seconds' * power(2, least(sendings, 6))";

  /** A job that waits for others stalls when all of them ended a minute ago. */
  private static final String DUE =
      """
      SELECT d.job_id, coalesce(j.state, 'PLANNING') = 'PLANNING'
          OR (j.state = 'BLOCKED' AND NOT o.open) AS stalls,
        coalesce(j.state = 'BLOCKED' AND o.open, false) AS waits
      FROM (SELECT job_id FROM gateway.stalled_job WHERE due_at <= now() ORDER BY due_at LIMIT $1) d
      LEFT JOIN gateway.submission s USING (job_id)
      LEFT JOIN aggregator.job j USING (job_id),
      LATERAL (SELECT EXISTS (
        SELECT FROM unnest(s.depends_on) AS p (id) LEFT JOIN aggregator.job e ON e.job_id = p.id
        WHERE e.ended_at IS NULL OR e.ended_at > now() - interval '60 seconds') AS open) o
      """;

  private final Database database;
  private final OutboxRelay relay;
  private final SubmissionResend submissions;
  private final Chore chore =
      new Chore("stalled-jobs", "look for stalled jobs", LOOK, () -> look());

  /**
   * @param submissions says jobs again
   */
  public StalledJobs(Database database, OutboxRelay relay, SubmissionResend submissions) {
    this.database = database;
    this.relay = relay;
    this.submissions = submissions;
  }

  /** Begins to look, a while after the start of the service. */
  public void start() {
    chore.start();
  }

  @Override
  public void close() {
    chore.close();
  }

  /** One look; returns the jobs that are sent again. */
  public List<String> look() {
    List<String> sent = database.transaction(this::look);
    if (!sent.isEmpty()) {
      relay.wake();
      LOG.warnf(
          "Expected %d jobs to be planned within a minute, but they are not; sent again: %s",
          sent.size(), sent.subList(0, Math.min(10, sent.size())));
    }
    return sent;
  }

  private List<String> look(Tx tx) {
    RowSet<Row> turn =
        tx.query(
            "SELECT looked_until, now() - interval '60 seconds' AS until"
                + " FROM gateway.stall_watch FOR UPDATE SKIP LOCKED");
    if (turn.size() == 0) {
      return List.of();
    }
    Row row = turn.iterator().next();
    // The overlap is for transactions that were long under way when the last look was.
    tx.later(
        "INSERT INTO gateway.stalled_job (job_id, due_at) SELECT s.job_id, now()"
            + " FROM gateway.submission s LEFT JOIN aggregator.job j ON j.job_id = s.job_id"
            + " WHERE s.created_at > $1::timestamptz - interval '30 seconds' AND s.created_at <= $2"
            + " AND (j.job_id IS NULL OR j.state IN ('PLANNING', 'BLOCKED'))"
            + " ON CONFLICT (job_id) DO NOTHING",
        row.getValue("looked_until"),
        row.getValue("until"));
    tx.later("UPDATE gateway.stall_watch SET looked_until = $1", row.getValue("until"));
    return sendDue(tx);
  }

  private List<String> sendDue(Tx tx) {
    List<String> over = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    List<String> stalled = new ArrayList<>();
    for (Row row : tx.query(DUE, JOBS_MAX)) {
      (row.getBoolean("stalls") ? stalled : row.getBoolean("waits") ? waiting : over)
          .add(row.getString("job_id"));
    }
    tx.later(
        "DELETE FROM gateway.stalled_job WHERE job_id = ANY($1)",
        (Object) over.toArray(String[]::new));
    later(tx, waiting);
    if (!stalled.isEmpty()) {
      later(tx, stalled);
      submissions.jobs(tx, stalled, nextSending(tx));
    }
    return stalled;
  }

  private static void later(Tx tx, List<String> jobs) {
    if (!jobs.isEmpty()) {
      tx.later(
          "UPDATE gateway.stalled_job SET sendings = sendings + 1, due_at = now() + "
              + NEXT
              + " WHERE job_id = ANY($1)",
          (Object) jobs.toArray(String[]::new));
    }
  }

  /** A number above all that the planner has seen, so that it plans anew. */
  private static int nextSending(Tx tx) {
    return tx.query(
            "INSERT INTO gateway.resend AS r (name, topic_ids, sendings) VALUES ($1, '', 1)"
                + " ON CONFLICT (name) DO UPDATE SET sendings = r.sendings + 1"
                + " RETURNING sendings",
            GatewayResend.NAME)
        .iterator()
        .next()
        .getInteger(0);
  }
}
