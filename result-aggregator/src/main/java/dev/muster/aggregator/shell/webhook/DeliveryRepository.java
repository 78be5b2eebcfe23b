package dev.muster.aggregator.shell.webhook;

import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deliveries in the database: claimed in batches, recorded in batches. */
final class DeliveryRepository {
  /**
   * Lanes are walked along the index, one step for each, so that a lane with a hundred thousand
   * deliveries costs no more than one with a single one. A claimed row is due again when its lease
   * ends: what dies between claim and record is sent again.
   */
  private static final String CLAIM =
      """
      WITH RECURSIVE lanes (lane) AS (
        (SELECT lane FROM aggregator.webhook_delivery WHERE state = 'pending' ORDER BY lane LIMIT 1)
        UNION ALL
        SELECT (SELECT d.lane FROM aggregator.webhook_delivery d
                WHERE d.state = 'pending' AND d.lane > l.lane ORDER BY d.lane LIMIT 1)
        FROM lanes l WHERE l.lane IS NOT NULL
      ), room AS (
        SELECT l.lane, COALESCE(f.failures, 0) AS failures,
          CASE WHEN f.failures >= $3 THEN 1 ELSE $2 END - (SELECT count(*)
            FROM aggregator.webhook_delivery s
            WHERE s.lane = l.lane AND s.state = 'pending' AND s.sending AND s.due_at > now()) AS free
        FROM lanes l LEFT JOIN aggregator.webhook_lane f ON f.lane = l.lane
        WHERE l.lane IS NOT NULL AND (f.open_until IS NULL OR f.open_until <= now())
      ), due AS (
        SELECT d.delivery_id, r.failures FROM room r CROSS JOIN LATERAL (
          SELECT p.delivery_id, p.due_at FROM aggregator.webhook_delivery p
          WHERE p.lane = r.lane AND p.state = 'pending' AND p.due_at <= now()
            AND NOT p.tenant = ANY ($5::text[])
          ORDER BY p.due_at, p.seq LIMIT GREATEST(r.free, 0) FOR UPDATE SKIP LOCKED) d
        ORDER BY d.due_at LIMIT $1
      ), claimed AS (
        UPDATE aggregator.webhook_delivery w
        SET sending = true, claim = w.claim + 1,
          due_at = now() + $4::bigint * interval '1 millisecond'
        FROM due WHERE w.delivery_id = due.delivery_id
        RETURNING w.*, due.failures AS failures
      )
      SELECT c.delivery_id, c.claim, c.tries, c.lane, c.endpoint_id, c.tenant, c.event,
        COALESCE(c.url, e.url) AS url, COALESCE(e.live OR c.url IS NOT NULL, false) AS live,
        e.secrets, c.body, v.body AS job_event, s.body AS submitted, j.summary,
        j.ended_at, c.failures,
        now() AS claimed_at
      FROM claimed c
      LEFT JOIN aggregator.webhook_endpoint e ON e.endpoint_id = c.endpoint_id
      LEFT JOIN aggregator.job_event v ON v.job_id = c.job_id AND v.seq = c.seq
      LEFT JOIN aggregator.job_event s ON s.job_id = c.job_id AND s.seq = 1
      LEFT JOIN aggregator.job j ON j.job_id = c.job_id
      """;

  /** Only the attempt that holds the claim is recorded; what is not counted is only put back. */
  private static final String RECORD =
      """
      WITH told AS (
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[],
          $6::int[], $7::text[], $8::text[], $9::timestamptz[], $10::bigint[])
          AS t(delivery_id, claim, state, delay, counted, status, error, response, started, millis)
      ), recorded AS (
        UPDATE aggregator.webhook_delivery d
        SET state = t.state, sending = false, attempts = d.attempts + t.counted::int,
          tries = d.tries + t.counted::int, due_at = now() + t.delay * interval '1 millisecond',
          ended_at = CASE WHEN t.state = 'pending' THEN NULL ELSE now() END
        FROM told t
        WHERE d.delivery_id = t.delivery_id AND d.claim = t.claim AND d.state = 'pending'
          AND d.sending
        RETURNING d.delivery_id, d.attempts
      )
      INSERT INTO aggregator.webhook_attempt
        (delivery_id, attempt, started_at, millis, status, error, response)
      SELECT r.delivery_id, r.attempts, t.started, t.millis, t.status, t.error, t.response
      FROM recorded r JOIN told t USING (delivery_id) WHERE t.counted
      ON CONFLICT (delivery_id, attempt) DO NOTHING
      """;

  private static final String FORGET =
      "DELETE FROM aggregator.webhook_delivery WHERE delivery_id IN (SELECT delivery_id"
          + " FROM aggregator.webhook_delivery WHERE state <> 'pending'"
          + " AND ended_at < now() - $1::bigint * interval '1 millisecond' LIMIT 1000)";

  /**
   * How much may be claimed.
   *
   * @param count most deliveries
   * @param perLane attempts under way in one lane
   * @param failuresMax failures in a row from which on a lane gets one attempt at a time
   * @param lease after which an attempt that told nothing is lost
   * @param paused tenants that had enough for now
   */
  record Bounds(
      int count, int perLane, int failuresMax, Duration lease, Collection<String> paused) {}

  /** Claims what is due. */
  List<Due> claim(Tx tx, Bounds bounds) {
    List<Due> claimed = new ArrayList<>();
    for (Row row :
        tx.query(
            CLAIM,
            bounds.count(),
            bounds.perLane(),
            bounds.failuresMax(),
            bounds.lease().toMillis(),
            bounds.paused().toArray(String[]::new))) {
      claimed.add(due(row));
    }
    return claimed;
  }

  /** Records what became of attempts. */
  void record(Tx tx, List<Attempted> attempts) {
    tx.later(
        RECORD,
        texts(attempts, attempt -> attempt.due().delivery()),
        attempts.stream().map(attempt -> attempt.due().claim()).toArray(Long[]::new),
        texts(attempts, Attempted::state),
        attempts.stream().map(Attempted::delayMillis).toArray(Long[]::new),
        attempts.stream().map(Attempted::isAttempt).toArray(Boolean[]::new),
        attempts.stream().map(Attempted::status).toArray(Integer[]::new),
        texts(attempts, Attempted::error),
        texts(attempts, attempt -> attempt.reply() == null ? null : attempt.reply().excerpt()),
        attempts.stream()
            .map(attempt -> attempt.due().at().atOffset(ZoneOffset.UTC))
            .toArray(OffsetDateTime[]::new),
        attempts.stream().map(Attempted::millis).toArray(Long[]::new));
  }

  /** Forgets a thousand ended deliveries that are older than this. */
  int forget(Tx tx, Duration keep) {
    return tx.update(FORGET, keep.toMillis());
  }

  private static String[] texts(
      List<Attempted> attempts, Function<Attempted, @Nullable String> column) {
    return attempts.stream().map(column).toArray(String[]::new);
  }

  private static @Nullable Instant time(Row row, String column) {
    OffsetDateTime time = row.get(OffsetDateTime.class, column);
    return time == null ? null : time.toInstant();
  }

  private static Due due(Row row) {
    return new Due(
        row.getString("delivery_id"),
        row.getLong("claim"),
        row.getInteger("tries"),
        row.getString("lane"),
        row.getString("endpoint_id"),
        row.getString("tenant"),
        row.getString("event"),
        row.getString("url"),
        row.getBoolean("live"),
        row.getString("secrets"),
        row.getString("body"),
        row.getString("job_event"),
        row.getString("submitted"),
        row.getString("summary"),
        time(row, "ended_at"),
        row.getInteger("failures"),
        row.get(OffsetDateTime.class, "claimed_at").toInstant());
  }
}
