package dev.muster.aggregator.shell.webhook;

import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;

/** Endpoints as the gateway configured them, and what users ask for. Repeats change nothing. */
final class EndpointRepository {
  private static final String SAVE =
      """
      INSERT INTO aggregator.webhook_endpoint AS e
        (endpoint_id, tenant, version, url, events, enabled, secrets)
      VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7)
      ON CONFLICT (endpoint_id) DO UPDATE SET version = EXCLUDED.version, url = EXCLUDED.url,
        events = EXCLUDED.events, enabled = EXCLUDED.enabled, secrets = EXCLUDED.secrets,
        disabled_at = CASE WHEN EXCLUDED.enabled THEN NULL
          ELSE e.disabled_at END,
        disabled_reason = CASE WHEN EXCLUDED.enabled THEN NULL ELSE e.disabled_reason END
      WHERE e.version < EXCLUDED.version AND NOT e.deleted
      """;

  private static final String DELETE =
      """
      INSERT INTO aggregator.webhook_endpoint AS e
        (endpoint_id, tenant, version, events, enabled, secrets, deleted)
      VALUES ($1, $2, $3, '{}', false, '[]', true)
      ON CONFLICT (endpoint_id) DO UPDATE
        SET version = EXCLUDED.version, deleted = true, secrets = '[]', url = NULL
      WHERE e.version < EXCLUDED.version
      """;

  private static final String PING =
      """
      INSERT INTO aggregator.webhook_delivery
        (delivery_id, tenant, endpoint_id, lane, event, body, state, due_at, created_at)
      SELECT $3, e.tenant, e.endpoint_id, e.endpoint_id, $4, $5, 'pending', now(), now()
      FROM aggregator.webhook_endpoint e
      WHERE e.endpoint_id = $1 AND e.tenant = $2 AND e.live
      ON CONFLICT (delivery_id) DO NOTHING
      """;

  /** An attempt that is under way goes on; its record then finds that its claim is over. */
  private static final String REDELIVER =
      """
      UPDATE aggregator.webhook_delivery
      SET state = 'pending', tries = 0, due_at = now(), sending = false, claim = claim + 1,
        request = $4, ended_at = NULL
      WHERE delivery_id = $1 AND tenant = $2 AND endpoint_id = $3
        AND request IS DISTINCT FROM $4
      RETURNING lane
      """;

  void save(Tx tx, WebhookEvent.EndpointSaved event) {
    int changed =
        tx.update(
            SAVE,
            event.endpoint(),
            event.tenant(),
            event.version(),
            event.url() == null ? "" : event.url(),
            event.events().toArray(String[]::new),
            event.enabled(),
            Json.text(event.secrets()));
    if (changed > 0) {
      LaneRepository.reset(tx, event.endpoint());
      if (!event.enabled()) {
        LaneRepository.giveUp(tx, event.endpoint());
      }
    }
  }

  void delete(Tx tx, WebhookEvent.EndpointDeleted event) {
    tx.later(DELETE, event.endpoint(), event.tenant(), event.version());
    LaneRepository.giveUp(tx, event.endpoint());
    LaneRepository.reset(tx, event.endpoint());
  }

  void ping(Tx tx, WebhookEvent.PingRequested event) {
    String body =
        Json.MAPPER
            .createObjectNode()
            .put("event", WebhookKinds.PING)
            .put("timestamp", tx.now().toString())
            .put("webhook_id", event.endpoint())
            .toString();
    tx.later(PING, event.endpoint(), event.tenant(), event.delivery(), WebhookKinds.PING, body);
  }

  void redeliver(Tx tx, WebhookEvent.RedeliveryRequested event) {
    tx.query(REDELIVER, event.delivery(), event.tenant(), event.endpoint(), event.request())
        .forEach(row -> LaneRepository.reset(tx, row.getString("lane")));
  }
}
