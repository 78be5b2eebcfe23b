package dev.muster.aggregator.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.aggregator.task.EndedAttempt;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.kit.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The JSON of ended attempts, as the columns {@code attempts} and {@code last_failed} hold it. */
final class AttemptJson {
  private AttemptJson() {}

  static @Nullable String history(List<EndedAttempt> history) {
    if (history.isEmpty()) {
      return null;
    }
    ArrayNode array = Json.MAPPER.createArrayNode();
    history.forEach(attempt -> array.add(node(attempt)));
    return array.toString();
  }

  static @Nullable String lastFailed(@Nullable EndedAttempt attempt, @Nullable String outputTail) {
    return attempt == null ? null : node(attempt).put("output_tail", outputTail).toString();
  }

  static List<EndedAttempt> readHistory(@Nullable String text) {
    List<EndedAttempt> history = new ArrayList<>();
    if (text != null) {
      parse(text).forEach(node -> history.add(attempt(node)));
    }
    return history;
  }

  static @Nullable EndedAttempt readLastFailed(@Nullable String text) {
    return text == null ? null : attempt(parse(text));
  }

  static @Nullable String readOutputTail(@Nullable String text) {
    return text == null ? null : text(parse(text), "output_tail");
  }

  private static ObjectNode node(EndedAttempt attempt) {
    Instant startedAt = attempt.startedAt();
    ErrorCode errorCode = attempt.errorCode();
    return Json.MAPPER
        .createObjectNode()
        .put("attempt", attempt.attempt())
        .put("epoch", attempt.epoch())
        .put("status", attempt.status().name().toLowerCase(Locale.ROOT))
        .put("worker", attempt.worker())
        .put("started_at", startedAt == null ? null : startedAt.toString())
        .put("ended_at", attempt.endedAt().toString())
        .put("exit_code", attempt.exitCode())
        .put("signal", attempt.signal())
        .put("error_code", errorCode == null ? null : errorCode.word())
        .put("error", attempt.error())
        .put("run_s", BigDecimal.valueOf(attempt.runMillis(), 3));
  }

  private static EndedAttempt attempt(JsonNode node) {
    @Nullable String startedAt = text(node, "started_at");
    @Nullable String errorCode = text(node, "error_code");
    return new EndedAttempt(
        node.path("attempt").asInt(),
        node.path("epoch").asLong(),
        AttemptEnd.Status.valueOf(node.path("status").asText().toUpperCase(Locale.ROOT)),
        text(node, "worker"),
        startedAt == null ? null : Instant.parse(startedAt),
        Instant.parse(node.path("ended_at").asText()),
        node.hasNonNull("exit_code") ? node.path("exit_code").asInt() : null,
        node.hasNonNull("signal") ? node.path("signal").asInt() : null,
        errorCode == null ? null : ErrorCode.valueOf(errorCode.toUpperCase(Locale.ROOT)),
        text(node, "error"),
        Math.round(node.path("run_s").asDouble() * 1000));
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.path(field).asText() : null;
  }

  private static JsonNode parse(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected the attempts of a task as JSON, but the column holds something else", e);
    }
  }
}
