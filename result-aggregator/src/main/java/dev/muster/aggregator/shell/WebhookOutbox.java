package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Tx;
import java.util.List;
import java.util.Map;

/**
 * Writes what is to be delivered in the transaction that numbers the events: one statement for a
 * batch where the installation has live endpoints, one for the callbacks of its jobs, none else.
 */
final class WebhookOutbox {
  private static final String TO_ENDPOINTS =
      """
      INSERT INTO aggregator.webhook_delivery
        (delivery_id, tenant, endpoint_id, lane, event, job_id, seq, state, due_at, created_at)
      SELECT 'msg_' || w.endpoint_id || '_' || e.job_id || '_' || e.seq, e.tenant, w.endpoint_id,
        w.endpoint_id, e.event, e.job_id, e.seq, 'pending', now(), now()
      FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
        AS e(job_id, seq, tenant, event)
      JOIN aggregator.webhook_endpoint w
        ON w.live AND w.tenant = e.tenant AND e.event = ANY (w.events)
      ON CONFLICT (delivery_id) DO NOTHING
      """;

  /** Callbacks to one host share a lane: a host that hangs delays no other. */
  private static final String TO_CALLBACKS =
      """
      INSERT INTO aggregator.webhook_delivery (delivery_id, tenant, endpoint_id, lane, url, event,
        job_id, seq, state, due_at, created_at)
      SELECT 'msg_callback_' || e.job_id || '_' || e.seq, e.tenant, 'callback_' || e.tenant,
        'callback_' || e.tenant || ' ' || substring(e.url FROM '^[a-z]+://[^/]+'), e.url, e.event,
        e.job_id, e.seq, 'pending', now(), now()
      FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
        AS e(job_id, seq, tenant, event, url)
      ON CONFLICT (delivery_id) DO NOTHING
      """;

  private WebhookOutbox() {}

  /**
   * @param events the events of this transaction
   * @param endpoints whether the installation has live endpoints
   * @param callbacks the jobs that have a callback_url, and which
   * @return whether anything may be due now
   */
  static boolean write(
      Tx tx, List<JobEvent> events, boolean endpoints, Map<JobId, String> callbacks) {
    List<JobEvent> told =
        endpoints
            ? events.stream().filter(event -> WebhookKinds.of(event.kind()).isPresent()).toList()
            : List.of();
    if (!told.isEmpty()) {
      tx.later(
          TO_ENDPOINTS,
          Columns.texts(told, event -> event.job().value()),
          Columns.longs(told, JobEvent::seq),
          Columns.texts(told, JobEvent::tenant),
          Columns.texts(told, WebhookOutbox::kind));
    }
    List<JobEvent> ends =
        events.stream()
            .filter(event -> event.kind().isEnd() && callbacks.containsKey(event.job()))
            .toList();
    if (!ends.isEmpty()) {
      tx.later(
          TO_CALLBACKS,
          Columns.texts(ends, event -> event.job().value()),
          Columns.longs(ends, JobEvent::seq),
          Columns.texts(ends, JobEvent::tenant),
          Columns.texts(ends, WebhookOutbox::kind),
          Columns.texts(ends, event -> callbacks.get(event.job())));
    }
    return !told.isEmpty() || !ends.isEmpty();
  }

  private static String kind(JobEvent event) {
    return WebhookKinds.of(event.kind()).orElseThrow();
  }
}
