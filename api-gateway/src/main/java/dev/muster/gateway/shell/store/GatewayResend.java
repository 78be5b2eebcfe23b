package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Resender;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says everything once more that the gateway has said and that still matters: first jobs that have
 * not ended, then deleted results, grants, webhook endpoints and what was asked about them. A place
 * in it is the letter of the part and the last key there.
 */
public final class GatewayResend implements Resender.Source {
  /** Its row in {@code resend}, whose number of sendings all submissions share. */
  public static final String NAME = "submissions";

  private static final int JOBS_MAX = 50;
  private static final int ROWS_MAX = 500;

  private final SubmissionResend submissions;

  /**
   * @param submissions says jobs
   */
  public GatewayResend(SubmissionResend submissions) {
    this.submissions = submissions;
  }

  @Override
  public @Nullable String page(Tx tx, String after, int sending) {
    String part = after.isEmpty() ? "j" : after.substring(0, 1);
    String key = after.isEmpty() ? "" : after.substring(1);
    return switch (part) {
      case "j" -> place("j", submissions.page(tx, key, JOBS_MAX, sending), "r");
      case "r" -> place("r", results(tx, key), "g");
      case "g" -> place("g", grants(tx, key), "e");
      case "e" -> place("e", endpoints(tx, key), "d");
      case "d" -> place("d", deletions(tx, key), "w");
      case "w" -> place("w", wishes(tx, key), null);
      default ->
          throw new IllegalStateException("Expected a place of the sending, but it is " + after);
    };
  }

  private static @Nullable String place(String part, @Nullable String last, @Nullable String next) {
    return last == null ? next : part + last;
  }

  /** Results that are deleted here and that the job's events do not call so yet. */
  private static @Nullable String results(Tx tx, String after) {
    return submissions(
        tx,
        "SELECT d.job_id, upper(d.reason) AS reason FROM gateway.result_deletion d"
            + " JOIN aggregator.job j USING (job_id)"
            + " WHERE d.job_id > $1 AND NOT j.results_deleted ORDER BY d.job_id LIMIT $2",
        after,
        (id, row) ->
            new SubmissionEvent.ResultsDeleted(
                id, SubmissionEvent.ResultsDeleted.Reason.valueOf(row.getString("reason"))));
  }

  /** Credit that the ledger does not have yet. */
  private static @Nullable String grants(Tx tx, String after) {
    return submissions(
        tx,
        "SELECT g.grant_id, g.tenant, g.nanos, g.note FROM gateway.credit_grant g"
            + " WHERE g.grant_id > $1 AND NOT EXISTS (SELECT FROM aggregator.ledger_posting p"
            + " WHERE p.grant_id = g.grant_id) ORDER BY g.grant_id LIMIT $2",
        after,
        (id, row) ->
            new SubmissionEvent.CreditGranted(
                id, row.getString("tenant"), row.getLong("nanos"), row.getString("note")));
  }

  private static @Nullable String endpoints(Tx tx, String after) {
    return webhooks(
        tx,
        "SELECT id, tenant, version, url, events, enabled, secrets"
            + " FROM gateway.webhook_endpoint WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        (id, row) -> WebhookRepository.saved(row, id, row.getString("tenant")));
  }

  /** Endpoints that are gone here and that the aggregator still has. */
  private static @Nullable String deletions(Tx tx, String after) {
    return webhooks(
        tx,
        "SELECT e.endpoint_id, e.tenant FROM aggregator.webhook_endpoint e"
            + " WHERE e.endpoint_id > $1 AND NOT e.deleted AND NOT EXISTS"
            + " (SELECT FROM gateway.webhook_endpoint g WHERE g.id = e.endpoint_id)"
            + " ORDER BY e.endpoint_id LIMIT $2",
        after,
        // Above every change of it, also those that got lost on the way.
        (id, row) -> new WebhookEvent.EndpointDeleted(id, row.getString("tenant"), Long.MAX_VALUE));
  }

  private static @Nullable String wishes(Tx tx, String after) {
    return webhooks(
        tx,
        "SELECT delivery, tenant, wish FROM gateway.webhook_wish WHERE delivery > $1"
            + " ORDER BY delivery LIMIT $2",
        after,
        (delivery, row) -> Json.read(row.getString("wish"), WebhookEvent.class));
  }

  /** Sends what a page of rows, whose first column is the id it is ordered by, says of jobs. */
  private static @Nullable String submissions(
      Tx tx, String sql, String after, BiFunction<JobId, Row, SubmissionEvent> event) {
    Instant now = tx.now();
    List<OutboxRow> rows = new ArrayList<>();
    String last = null;
    for (Row row : tx.query(sql, after, ROWS_MAX)) {
      last = row.getString(0);
      JobId id = new JobId(last);
      rows.add(OutboxRow.of(Topic.SUBMISSIONS, id, null, now, List.of(event.apply(id, row))));
    }
    tx.send(rows);
    return last;
  }

  /** Sends what a page of rows, whose first column is the id it is ordered by, says of webhooks. */
  private static @Nullable String webhooks(
      Tx tx, String sql, String after, BiFunction<String, Row, WebhookEvent> event) {
    String last = null;
    for (Row row : tx.query(sql, after, ROWS_MAX)) {
      last = row.getString(0);
      WebhookRepository.send(tx, row.getString("tenant"), event.apply(last, row));
    }
    return last;
  }
}
