package dev.muster.consumer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * An event of a made-up job.
 *
 * @param job the job
 * @param seq its number
 * @param kind what changed
 * @param state the state after it
 * @param total tasks
 * @param running tasks that run
 * @param succeeded tasks that have succeeded
 */
record Event(
    String job, long seq, String kind, String state, int total, int running, int succeeded) {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("job", job).put("seq", seq).put("kind", kind).put("state", state);
    body.put("tenant", "acme").put("pool", "default").put("at", NOON.plusSeconds(seq).toString());
    body.putObject("counts")
        .put("total", total)
        .put("leased", 0)
        .put("running", running)
        .put("succeeded", succeeded)
        .put("failed", 0)
        .put("cancelled", 0);
    body.put("status", status()).put("attempts_lost", 0).put("retries_used", 0);
    if (seq == 1) {
      body.put("created_at", NOON.toString());
      body.putObject("spec").put("tenant", "acme").put("pool", "default").put("payload", "{}");
    }
    return body;
  }

  private String status() {
    return switch (state) {
      case "PLANNING" -> "planning";
      case "QUEUED", "ASSIGNED" -> "queued";
      case "COMPLETED" -> "completed";
      default -> "running";
    };
  }

  String type() {
    return "dev.muster.job." + kind.toLowerCase(Locale.ROOT) + ".v1";
  }

  Delivery delivery() {
    return delivery(type(), body().toString().getBytes(StandardCharsets.UTF_8));
  }

  Delivery delivery(String type, byte[] bytes) {
    return new Delivery(job, headers(type), bytes);
  }

  Map<String, String> headers(String type) {
    return Map.of(
        "ce_specversion",
        "1.0",
        "ce_id",
        job + "." + seq,
        "ce_type",
        type,
        "ce_source",
        "/muster/result-aggregator",
        "ce_subject",
        job,
        "ce_time",
        NOON.plusSeconds(seq).toString(),
        "ce_dataschema",
        "urn:muster:schema:" + type,
        "content-type",
        "application/json");
  }
}
