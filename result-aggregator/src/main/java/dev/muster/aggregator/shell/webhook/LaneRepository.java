package dev.muster.aggregator.shell.webhook;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How lanes and endpoints fare: failures in a row, pauses, and the end of an endpoint. */
final class LaneRepository {
  private static final String FAILED =
      """
      INSERT INTO aggregator.webhook_lane AS l (lane, failures, failing_since, open_until)
      SELECT lane, failures, now(),
        CASE WHEN pause > 0 THEN now() + pause * interval '1 millisecond' END
      FROM unnest($1::text[], $2::int[], $3::bigint[]) AS t(lane, failures, pause)
      ON CONFLICT (lane) DO UPDATE SET failures = l.failures + EXCLUDED.failures,
        open_until = GREATEST(l.open_until, EXCLUDED.open_until)
      """;

  private static final String DISABLE =
      """
      UPDATE aggregator.webhook_endpoint e
      SET disabled_at = now(),
        disabled_reason = CASE WHEN e.endpoint_id = ANY ($2::text[]) THEN 'gone' ELSE 'failing' END
      WHERE e.endpoint_id = ANY ($1::text[]) AND e.live AND (e.endpoint_id = ANY ($2::text[])
        OR EXISTS (SELECT FROM aggregator.webhook_lane l WHERE l.lane = e.endpoint_id
          AND l.failing_since < now() - $3::bigint * interval '1 millisecond'))
      RETURNING e.endpoint_id, e.tenant, e.disabled_reason, now() AS at
      """;

  private static final String TELL_OTHERS =
      """
      INSERT INTO aggregator.webhook_delivery
        (delivery_id, tenant, endpoint_id, lane, event, body, state, due_at, created_at)
      SELECT 'msg_' || w.endpoint_id || '_' || $2 || '_' || $4, w.tenant, w.endpoint_id,
        w.endpoint_id, $3, $5, 'pending', now(), now()
      FROM aggregator.webhook_endpoint w
      WHERE w.live AND w.tenant = $1 AND $3 = ANY (w.events)
      ON CONFLICT (delivery_id) DO NOTHING
      """;

  /** Notes how the lanes of these attempts fared; an endpoint that is done for is disabled. */
  void note(Tx tx, List<Attempted> attempts, Duration disableAfter) {
    Map<String, Attempted> failed = new TreeMap<>();
    Map<String, Integer> failures = new TreeMap<>();
    List<String> worked = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (Attempted attempt : attempts) {
      String lane = attempt.due().lane();
      if (attempt.isFailure()) {
        failed.merge(lane, attempt, (a, b) -> a.pause().compareTo(b.pause()) >= 0 ? a : b);
        failures.merge(lane, 1, Integer::sum);
        if (attempt.isGone()) {
          gone.add(attempt.due().endpoint());
        }
      } else if (attempt.isAttempt()) {
        worked.add(lane);
      }
    }
    if (!failed.isEmpty()) {
      tx.later(
          FAILED,
          failed.keySet().toArray(String[]::new),
          failures.values().toArray(Integer[]::new),
          failed.values().stream().map(a -> a.pause().toMillis()).toArray(Long[]::new));
    }
    // After the failures: one success among them closes the circuit.
    if (!worked.isEmpty()) {
      tx.later(
          "DELETE FROM aggregator.webhook_lane WHERE lane = ANY ($1)",
          (Object) worked.toArray(String[]::new));
    }
    if (!failed.isEmpty()) {
      disable(tx, failed.keySet(), gone, disableAfter);
    }
  }

  private static void disable(
      Tx tx, Collection<String> endpoints, List<String> gone, Duration disableAfter) {
    for (Row row :
        tx.query(
            DISABLE,
            endpoints.toArray(String[]::new),
            gone.toArray(String[]::new),
            disableAfter.toMillis())) {
      Instant at = row.get(OffsetDateTime.class, "at").toInstant();
      WebhookEvent.EndpointDisabled event =
          new WebhookEvent.EndpointDisabled(
              row.getString("endpoint_id"),
              row.getString("tenant"),
              WebhookEvent.Reason.valueOf(
                  row.getString("disabled_reason").toUpperCase(Locale.ROOT)),
              at);
      giveUp(tx, event.endpoint());
      tx.later(
          TELL_OTHERS,
          event.tenant(),
          event.endpoint(),
          WebhookKinds.DISABLED,
          Long.toString(at.toEpochMilli()),
          body(event));
      tx.send(List.of(record(event)));
    }
  }

  /** What waits for an endpoint that is gone or disabled ends; it can be asked for again. */
  static void giveUp(Tx tx, String endpoint) {
    tx.later(
        "UPDATE aggregator.webhook_delivery SET state = 'exhausted', ended_at = now(),"
            + " sending = false WHERE lane = $1 AND state = 'pending'",
        endpoint);
  }

  /** Forgets failures, so that the next delivery is tried at once. */
  static void reset(Tx tx, String lane) {
    tx.later("DELETE FROM aggregator.webhook_lane WHERE lane = $1", lane);
  }

  private static String body(WebhookEvent.EndpointDisabled event) {
    return Json.MAPPER
        .createObjectNode()
        .put("event", WebhookKinds.DISABLED)
        .put("timestamp", event.at().toString())
        .put("webhook_id", event.endpoint())
        .put("reason", event.reason().name().toLowerCase(Locale.ROOT))
        .toString();
  }

  private static OutboxRow record(WebhookEvent.EndpointDisabled event) {
    return new OutboxRow(
        Topic.WEBHOOKS.name(),
        null,
        event.tenant(),
        Topic.WEBHOOKS.ceType(),
        null,
        Json.bytes(Topic.WEBHOOKS, new Message<>(event.at(), List.of(event))));
  }
}
