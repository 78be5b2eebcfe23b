package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.TaskState;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.OutputView;
import dev.muster.gateway.view.TaskView;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of the aggregator's tables as views. */
public final class TaskViews {
  private static final JsonText NO_ATTEMPTS = new JsonText("[]");

  private TaskViews() {}

  /** The state of a task that has no row: it waits, or its job ended without it. */
  public static String absent(JobState job) {
    return (job.isTerminal() ? TaskState.CANCELLED : TaskState.PENDING).name();
  }

  /** A task; the payload is looked up in {@code payloads}. */
  public static TaskView task(JobId job, Row row, String absent, Map<Integer, JsonText> payloads) {
    int index = row.getInteger("index");
    String state = row.getString("state");
    Integer attempt = row.getInteger("attempt");
    String errorCode = row.getString("error_code");
    return new TaskView(
        job.external() + "/" + index,
        index,
        (state == null ? absent : state).toLowerCase(Locale.ROOT),
        attempt == null ? 0 : attempt,
        payloads.get(index),
        Alias.of(row.getString("worker")),
        isCurrent(row) ? JsonText.of(row.getString("progress")) : null,
        feedback(row),
        JobRepository.instant(row, "leased_at"),
        JobRepository.instant(row, "started_at"),
        JobRepository.instant(row, "ended_at"),
        TaskRepository.seconds(row),
        row.getInteger("exit_code"),
        row.getInteger("signal"),
        errorCode,
        row.getString("error"),
        JobView.recommendedAction(errorCode),
        attempts(row),
        ApiJson.aliased(row.getString("last_failed")));
  }

  /** What a task wrote, or null when nothing is known. */
  public static OutputView.@Nullable TaskOutput output(Row row) {
    int index = row.getInteger("index");
    if (!isCurrent(row)) {
      String tail = ApiJson.member(row.getString("last_failed"), "output_tail");
      Integer attempt = row.getInteger("attempt");
      if (tail != null) {
        return new OutputView.TaskOutput(
            index, attempt == null ? 0 : Math.max(1, attempt - 1), tail, tail.length(), false);
      }
    }
    if (row.getString("head") == null) {
      return null;
    }
    String whole = row.getString("head") + row.getString("tail");
    long bytes = row.getLong("bytes");
    return new OutputView.TaskOutput(
        index,
        row.getInteger("output_attempt"),
        whole,
        bytes,
        row.getInteger("gaps") > 0 || whole.getBytes(StandardCharsets.UTF_8).length < bytes);
  }

  /** Whether the output at hand is of the task's current lease. */
  private static boolean isCurrent(Row row) {
    Long output = row.getLong("output_epoch");
    Long task = row.getLong("epoch");
    return output != null && (task == null || output >= task);
  }

  private static TaskView.@Nullable LiveFeedback feedback(Row row) {
    Instant updatedAt = JobRepository.instant(row, "updated_at");
    if (!isCurrent(row)) {
      String tail = ApiJson.member(row.getString("last_failed"), "output_tail");
      if (tail != null) {
        return new TaskView.LiveFeedback(tail, updatedAt);
      }
    }
    String tail = row.getString("output_tail");
    return tail == null ? null : new TaskView.LiveFeedback(tail, updatedAt);
  }

  private static JsonText attempts(Row row) {
    JsonText attempts = ApiJson.aliased(row.getString("attempts"));
    return attempts == null ? NO_ATTEMPTS : attempts;
  }
}
