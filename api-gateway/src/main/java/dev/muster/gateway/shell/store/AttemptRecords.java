package dev.muster.gateway.shell.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.AttemptView;
import dev.muster.kit.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the aggregator's record of attempts, member by member: what is not asked for stays inside.
 */
final class AttemptRecords {
  private AttemptRecords() {}

  /**
   * The last failed attempt as the aggregator keeps it.
   *
   * @param epoch its lease epoch
   * @param view what is shown of it
   */
  record LastFailed(long epoch, AttemptView view) {
    /** The end of what it wrote; blank when it wrote nothing. */
    String tail() {
      String tail = view.outputTail();
      return tail == null ? "" : tail;
    }
  }

  /** The attempts of a column {@code attempts}, oldest first. */
  static List<AttemptView> history(@Nullable String column, Alias alias) {
    List<AttemptView> attempts = new ArrayList<>();
    if (column != null) {
      parse(column).forEach(node -> attempts.add(view(node, alias)));
    }
    return attempts;
  }

  /** The attempt of a column {@code last_failed}, or null where none failed. */
  static @Nullable LastFailed lastFailed(@Nullable String column, Alias alias) {
    if (column == null) {
      return null;
    }
    JsonNode node = parse(column);
    return new LastFailed(node.path("epoch").asLong(), view(node, alias));
  }

  private static AttemptView view(JsonNode node, Alias alias) {
    return new AttemptView(
        node.path("attempt").asInt(),
        text(node, "status"),
        alias.of(text(node, "worker")),
        text(node, "started_at"),
        text(node, "ended_at"),
        number(node, "exit_code"),
        number(node, "signal"),
        text(node, "error_code"),
        text(node, "error"),
        node.hasNonNull("run_s") ? node.path("run_s").asDouble() : null,
        text(node, "output_tail"));
  }

  private static @Nullable String text(JsonNode node, String member) {
    return node.path(member).isTextual() ? node.path(member).textValue() : null;
  }

  private static @Nullable Integer number(JsonNode node, String member) {
    return node.path(member).isInt() ? node.path(member).intValue() : null;
  }

  private static JsonNode parse(String column) {
    try {
      return Json.MAPPER.readTree(column);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a record of attempts, but got something else", e);
    }
  }
}
