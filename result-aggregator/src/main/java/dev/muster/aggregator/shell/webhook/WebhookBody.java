package dev.muster.aggregator.shell.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.webhook.WebhookKinds;
import dev.muster.kit.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of a job's delivery: the public view of the job right after the event, and the event's
 * name (D-13). An allow-list: nothing about workers, hosts or placement is among what it reads. It
 * is made from rows that never change, so every attempt sends the same bytes.
 */
final class WebhookBody {
  /** Standard Webhooks asks for less than 20 kB. */
  static final int BYTES_MAX = 20_000;

  private static final int META_CHARACTERS_MAX = 4_096;

  private WebhookBody() {}

  /** The body of a claimed delivery. */
  static byte[] of(Due due) {
    if (due.body() != null || due.jobEvent() == null) {
      return String.valueOf(due.body()).getBytes(StandardCharsets.UTF_8);
    }
    JobEvent event = Json.read(due.jobEvent(), JobEvent.class);
    JobEvent first = due.submitted() == null ? null : Json.read(due.submitted(), JobEvent.class);
    byte[] whole = write(event, first, due, true);
    return whole.length <= BYTES_MAX ? whole : write(event, first, due, false);
  }

  private static byte[] write(JobEvent event, @Nullable JobEvent first, Due due, boolean all) {
    ObjectNode view = Json.MAPPER.createObjectNode();
    String id = event.job().external();
    view.put("event", WebhookKinds.of(event.kind()).orElseThrow())
        .put("seq", event.seq())
        .put("timestamp", event.at().toString())
        .put("job_id", id)
        .put("status", status(event))
        .put("canonical_state", event.state().name());
    if (first != null && first.spec() != null) {
      submitted(view, first.spec(), all);
      Instant createdAt = first.createdAt();
      view.put("created_at", createdAt == null ? null : createdAt.toString());
    }
    counts(view, event.counts());
    end(view, event, due.endedAt());
    if (all && event.state().isTerminal() && due.summary() != null) {
      view.putRawValue("summary", new RawValue(due.summary()));
    }
    view.putObject("links")
        .put("job", "/api/v1/jobs/" + id)
        .put("results", "/api/v1/results/" + id);
    return view.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void submitted(ObjectNode view, JobSpec spec, boolean all) {
    view.put("type", spec.type())
        .put("project", spec.project())
        .put("client_ref", spec.clientRef())
        .put("variant", spec.variant())
        .put("retry_of", spec.retryOf() == null ? null : spec.retryOf().external());
    if (all) {
      ArrayNode tags = view.putArray("tags");
      spec.tags().forEach(tags::add);
    }
    boolean kept = all && (spec.meta() == null || spec.meta().length() <= META_CHARACTERS_MAX);
    if (kept && spec.meta() != null) {
      view.putRawValue("meta", new RawValue(spec.meta()));
    } else if (kept) {
      view.putNull("meta");
    } else {
      // What is too long for a webhook is at links.job.
      view.put("omitted", true);
    }
  }

  private static void counts(ObjectNode view, TaskCounts counts) {
    view.put("progress", counts.total() == 0 ? 0 : (double) counts.finished() / counts.total())
        .putObject("counts")
        .put("total", counts.total())
        .put("pending", counts.pending())
        .put("leased", counts.leased())
        .put("running", counts.running())
        .put("succeeded", counts.succeeded())
        .put("failed", counts.failed())
        .put("cancelled", counts.cancelled());
  }

  private static void end(ObjectNode view, JobEvent event, @Nullable Instant endedAt) {
    JobState state = event.state();
    ErrorCode code = event.errorCode();
    Instant ended = event.kind().isEnd() ? event.at() : endedAt;
    view.put(
            "partial_results",
            state.isTerminal() && state != JobState.COMPLETED && event.counts().succeeded() > 0)
        .put("error_code", code == null ? null : code.word())
        .put("error", code == null ? null : event.detail())
        .put("detail", code == null ? event.detail() : null)
        .put("recommended_action", code == null ? null : code.recommendedAction())
        .put("attempts_lost", event.attemptsLost())
        .put("retries_used", event.retriesUsed())
        .put("ended_at", state.isTerminal() && ended != null ? ended.toString() : null)
        .put(
            "result_persisted",
            state.isTerminal() && event.kind() != JobEvent.Kind.RESULTS_DELETED);
    if (event.stopReason() != null) {
      view.put("stop_reason", event.stopReason());
    }
  }

  /** Events of before the word was published have the state's own. */
  private static String status(JobEvent event) {
    String status = event.status();
    return status == null ? event.state().nativeWord("running") : status;
  }
}
