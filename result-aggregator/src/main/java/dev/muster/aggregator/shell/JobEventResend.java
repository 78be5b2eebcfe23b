package dev.muster.aggregator.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Resender;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends every event of every job once more, the same record with the same id. The jobs of a page
 * are locked meanwhile, so that no newer event gets between theirs.
 */
final class JobEventResend implements Resender.Source {
  /** What is sent, as its row in {@code resend} names it. */
  static final String NAME = "job-events";

  private static final int JOBS_MAX = 100;

  /** Most bytes in memory at a time. */
  private static final int BYTES_MAX = 4 * 1024 * 1024;

  @Override
  public @Nullable String page(Tx tx, String after, int sending) {
    List<String> jobs = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT job_id FROM aggregator.job WHERE job_id > $1 ORDER BY job_id LIMIT $2 FOR"
                + " SHARE",
            after,
            JOBS_MAX)) {
      jobs.add(row.getString("job_id"));
    }
    if (jobs.isEmpty()) {
      return null;
    }
    jobs.forEach(job -> send(tx, new JobId(job)));
    return jobs.getLast();
  }

  /** Writes all events of a job, whose row is locked, to the outbox. */
  static void send(Tx tx, JobId job) {
    long seq = 0;
    List<OutboxRow> rows;
    do {
      rows = read(tx, job, seq);
      tx.send(rows);
      seq += rows.size();
    } while (!rows.isEmpty());
  }

  /** The next events of a job, up to a size; their numbers have no gap. */
  private static List<OutboxRow> read(Tx tx, JobId job, long after) {
    List<OutboxRow> rows = new ArrayList<>();
    int bytes = 0;
    for (Row row :
        tx.query(
            "SELECT seq, kind, at, body, causation, traceparent FROM aggregator.job_event"
                + " WHERE job_id = $1 AND seq > $2 ORDER BY seq LIMIT 500",
            job.value(),
            after)) {
      OutboxRow next = record(job, row);
      rows.add(next);
      bytes += next.value().length;
      if (bytes > BYTES_MAX) {
        break;
      }
    }
    return rows;
  }

  private static OutboxRow record(JobId job, Row row) {
    long seq = row.getLong("seq");
    return new OutboxRow(
        Topic.JOB_EVENTS.name(),
        null,
        job.value(),
        JobEvent.Kind.valueOf(row.getString("kind")).ceType(),
        row.getString("traceparent"),
        row.getString("body").getBytes(StandardCharsets.UTF_8),
        new OutboxRow.Identity(
            JobEvent.id(job, seq),
            row.get(OffsetDateTime.class, "at").toInstant(),
            row.getString("causation")));
  }
}
