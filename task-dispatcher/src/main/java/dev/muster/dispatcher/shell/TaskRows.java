package dev.muster.dispatcher.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.kit.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of task as a state, and a state's name in its row. */
final class TaskRows {
  private TaskRows() {}

  static String name(TaskState state) {
    return switch (state) {
      case TaskState.Ready s -> "READY";
      case TaskState.Leased s -> "LEASED";
      case TaskState.Running s -> "RUNNING";
      case TaskState.RetryWait s -> "RETRY_WAIT";
      case TaskState.GangWait s -> "GANG_WAIT";
      case TaskState.Succeeded s -> "SUCCEEDED";
      case TaskState.Failed s -> "FAILED";
      case TaskState.Cancelled s -> "CANCELLED";
    };
  }

  static Tally tally(Row row) {
    return new Tally(
        row.getInteger("attempt"),
        row.getLong("epoch"),
        row.getInteger("losses"),
        row.getInteger("deaths"),
        row.getInteger("failures"),
        row.getBoolean("fenced"));
  }

  static TaskState state(Row row) {
    Tally tally = tally(row);
    String name = row.getString("state");
    return switch (name) {
      case "READY" -> new TaskState.Ready(tally);
      case "LEASED" ->
          new TaskState.Leased(
              tally,
              new WorkerId(row.getString("worker")),
              row.getLong("incarnation"),
              devices(row.getString("devices")),
              time(row, "leased_at"),
              false);
      case "RUNNING" ->
          new TaskState.Running(
              tally,
              new WorkerId(row.getString("worker")),
              row.getLong("incarnation"),
              devices(row.getString("devices")),
              time(row, "leased_at"),
              time(row, "started_at"),
              false);
      case "RETRY_WAIT" -> new TaskState.RetryWait(tally, time(row, "available_at"));
      case "GANG_WAIT" ->
          new TaskState.GangWait(tally, Json.read(row.getString("outcome"), AttemptEnd.class));
      case "SUCCEEDED" -> new TaskState.Succeeded(tally);
      case "FAILED" -> new TaskState.Failed(tally);
      case "CANCELLED" -> new TaskState.Cancelled(tally);
      default -> throw new IllegalStateException("Expected a task state, but the row says " + name);
    };
  }

  private static List<String> devices(@Nullable String json) {
    if (json == null) {
      return List.of();
    }
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a list of devices, but the row holds none", e);
    }
  }

  private static Instant time(Row row, String column) {
    return row.get(OffsetDateTime.class, column).toInstant();
  }
}
