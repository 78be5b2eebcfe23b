package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says the submissions of jobs that have not ended once more, with their items, what is to be set
 * aside for them, and the wishes to cancel them. The planner plans them anew, which says the same;
 * everyone else has them already, or needs them.
 */
public final class SubmissionResend {
  private static final String ROWS =
      "SELECT s.job_id, s.created_at, s.spec, s.payload, s.payload_omitted, h.nanos,"
          + " c.job_id IS NOT NULL AS cancelled, c.reason"
          + " FROM gateway.submission s"
          + " LEFT JOIN aggregator.job j ON j.job_id = s.job_id"
          + " LEFT JOIN gateway.hold h ON h.job_id = s.job_id"
          + " LEFT JOIN gateway.cancel_request c ON c.job_id = s.job_id"
          + " WHERE (j.state IS NULL OR j.state NOT IN"
          + " ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED'))";

  private final Secrets secrets;
  private final Credit credit;

  /**
   * @param secrets makes the key of each job, as it did at first
   * @param credit says what is set aside for a job
   */
  public SubmissionResend(Secrets secrets, Credit credit) {
    this.secrets = secrets;
    this.credit = credit;
  }

  /**
   * Sends the next jobs.
   *
   * @param after the last job before them; empty before the first
   * @param max how many
   * @param sending which time it is
   * @return the last of them, or null when there was none
   */
  @Nullable String page(Tx tx, String after, int max, int sending) {
    Instant now = tx.now();
    String last = null;
    for (Row row : tx.query(ROWS + " AND s.job_id > $1 ORDER BY s.job_id LIMIT $2", after, max)) {
      last = row.getString("job_id");
      send(tx, row, new JobId(last), sending, now);
    }
    return last;
  }

  /** Sends some jobs. */
  void jobs(Tx tx, List<String> jobs, int sending) {
    Instant now = tx.now();
    for (Row row :
        tx.query(ROWS + " AND s.job_id = ANY($1)", (Object) jobs.toArray(String[]::new))) {
      send(tx, row, new JobId(row.getString("job_id")), sending, now);
    }
  }

  private void send(Tx tx, Row row, JobId job, int sending, Instant now) {
    JobSpec spec = Json.read(row.getString("spec"), JobSpec.class);
    Long held = row.getLong("nanos");
    send(
        tx,
        job,
        now,
        new SubmissionEvent.JobSubmitted(
            job,
            SubmissionRepository.announced(spec, job, secrets),
            row.get(OffsetDateTime.class, "created_at").toInstant(),
            row.getString("payload"),
            row.getString("payload_omitted"),
            sending,
            ParentRows.endsOf(spec, ParentRows.ended(tx, List.of(spec)))),
        new SubmissionEvent.CreditHeld(
            job, spec.tenant(), Objects.requireNonNullElseGet(held, () -> credit.hold(tx, spec))));
    if (spec.fanOut().listed()) {
      sendItems(tx, job, sending, now);
    }
    if (row.getBoolean("cancelled")) {
      send(tx, job, now, new SubmissionEvent.JobCancelRequested(job, row.getString("reason")));
    }
  }

  /** Part by part, so that no list is held as a whole. */
  private static void sendItems(Tx tx, JobId job, int sending, Instant now) {
    for (int chunk = 0; ; chunk++) {
      var rows =
          tx.query(
              "SELECT first_item, items FROM gateway.item_chunk WHERE job_id = $1 AND chunk = $2",
              job.value(),
              chunk);
      if (rows.size() == 0) {
        return;
      }
      Row row = rows.iterator().next();
      send(
          tx,
          job,
          now,
          new SubmissionEvent.JobItemsListed(
              job,
              chunk,
              row.getInteger("first_item"),
              List.of(row.getArrayOfStrings("items")),
              sending));
    }
  }

  private static void send(Tx tx, JobId job, Instant now, SubmissionEvent... events) {
    tx.send(List.of(OutboxRow.of(Topic.SUBMISSIONS, job, null, now, List.of(events))));
  }
}
