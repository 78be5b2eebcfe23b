package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.webhook.Answer;
import dev.muster.aggregator.webhook.Circuit;
import dev.muster.aggregator.webhook.DeliveryDecider;
import dev.muster.aggregator.webhook.RetrySchedule;
import dev.muster.aggregator.webhook.Verdict;
import dev.muster.contracts.webhook.WebhookKinds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** One attempt from the claim to the verdict: sign, call, decide. Total. */
final class WebhookAttempt {
  /** How soon is looked again for the secrets of an endpoint that is not known here yet. */
  private static final Duration UNKNOWN_ENDPOINT_PAUSE = Duration.ofSeconds(1);

  private final WebhookSigner signer;
  private final WebhookCaller caller;
  private final RetrySchedule schedule;
  private final Circuit circuit;

  WebhookAttempt(
      WebhookSigner signer, WebhookCaller caller, RetrySchedule schedule, Circuit circuit) {
    this.signer = signer;
    this.caller = caller;
    this.schedule = schedule;
    this.circuit = circuit;
  }

  Attempted make(Due due) {
    if (due.secrets() == null && due.isCallback()) {
      // The job's record was faster than the endpoint's, which has been sent before it.
      return new Attempted(due, null, new Verdict.Again(UNKNOWN_ENDPOINT_PAUSE), 0, Duration.ZERO);
    }
    long started = System.nanoTime();
    Reply reply = call(due);
    long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
    RetrySchedule own = due.event().equals(WebhookKinds.PING) ? RetrySchedule.ONCE : schedule;
    Verdict verdict =
        DeliveryDecider.decide(
            reply.answer(), due.tries() + 1, own, ThreadLocalRandom.current().nextDouble());
    Duration pause =
        verdict instanceof Verdict.Delivered
            ? Duration.ZERO
            : circuit.pauseAfter(due.failures() + 1);
    return new Attempted(due, reply, verdict, millis, pause);
  }

  private Reply call(Due due) {
    if (!due.live() || due.url() == null || due.secrets() == null) {
      return Reply.failed(Answer.Fault.ENDPOINT_DISABLED);
    }
    byte[] body = WebhookBody.of(due);
    Map<String, String> headers =
        signer.headers(due.endpoint(), due.secrets(), due.delivery(), due.at(), body);
    if (headers.isEmpty()) {
      return Reply.failed(Answer.Fault.ENDPOINT_DISABLED);
    }
    headers.put("content-type", "application/json");
    headers.put("user-agent", "Muster-Webhooks/1");
    return caller.post(due.url(), headers, body);
  }
}
