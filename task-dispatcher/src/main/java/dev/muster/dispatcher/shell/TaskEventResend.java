package dev.muster.dispatcher.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Resender;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says once more where the tasks of all jobs stand that are not over, and how their earlier
 * attempts ended and what these used. Jobs that were stopped are not told of: their cancellation
 * comes again too, and is answered again.
 */
final class TaskEventResend implements Resender.Source {
  private static final int TASKS_MAX = 1_000;
  private static final TypeReference<List<TaskEvent>> EVENTS = new TypeReference<>() {};

  @Override
  public @Nullable String page(Tx tx, String after, int sending) {
    Instant now = tx.now();
    int space = after.indexOf(' ');
    String job = space < 0 ? "" : after.substring(0, space);
    int index = space < 0 ? -1 : Integer.parseInt(after.substring(space + 1));
    Map<JobId, List<TaskEvent>> news = new LinkedHashMap<>();
    Map<JobId, String> traces = new LinkedHashMap<>();
    String last = null;
    for (Row row :
        tx.query(
            "SELECT t.job_id, t.index, t.state, t.attempt, t.epoch, t.worker, t.outcome, t.history,"
                + " j.traceparent FROM dispatcher.task t JOIN dispatcher.job j USING (job_id)"
                + " WHERE (t.job_id, t.index) > ($1, $2) ORDER BY t.job_id, t.index LIMIT $3",
            job,
            index,
            TASKS_MAX)) {
      JobId id = new JobId(row.getString("job_id"));
      String trace = row.getString("traceparent");
      if (trace != null) {
        traces.put(id, trace);
      }
      news.computeIfAbsent(id, known -> new ArrayList<>()).addAll(events(row));
      last = id.value() + " " + row.getInteger("index");
    }
    news.forEach((id, events) -> {
      if (!events.isEmpty()) {
        tx.send(OutboxRow.cut(Topic.TASK_EVENTS, id, traces.get(id), now, events));
      }
    });
    return last;
  }

  private static List<TaskEvent> events(Row row) {
    List<TaskEvent> events = new ArrayList<>();
    String history = row.getString("history");
    if (history != null) {
      events.addAll(past(history));
    }
    events.addAll(present(row));
    return events;
  }

  private static List<TaskEvent> past(String history) {
    try {
      return Json.MAPPER.readValue("[" + history + "]", EVENTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected events of a task, but the row has others", e);
    }
  }

  private static List<TaskEvent> present(Row row) {
    int index = row.getInteger("index");
    int attempt = row.getInteger("attempt");
    long epoch = row.getLong("epoch");
    String outcome = row.getString("outcome");
    AttemptEnd end = outcome == null ? null : Json.read(outcome, AttemptEnd.class);
    if (attempt == 0) {
      return List.of();
    }
    return switch (row.getString("state")) {
      case "LEASED" -> List.of(leased(row, index, attempt, epoch));
      case "RUNNING" ->
          List.of(
              leased(row, index, attempt, epoch), new TaskEvent.TaskStarted(index, attempt, epoch));
      // A task with a row is ready again only after its lease came back; a retry waits by itself.
      case "READY" -> List.of(new TaskEvent.TaskReturned(index, attempt, epoch));
      // That it is tried again is in its history; that it ended well is told with its whole gang.
      case "RETRY_WAIT", "GANG_WAIT", "CANCELLED" -> List.of();
      case "SUCCEEDED" ->
          end == null
              ? List.of()
              : List.of(new TaskEvent.TaskSucceeded(index, attempt, epoch, end));
      case "FAILED" ->
          end == null ? List.of() : List.of(new TaskEvent.TaskFailed(index, attempt, epoch, end));
      case String other ->
          throw new IllegalStateException("Expected a task state, but the row says " + other);
    };
  }

  private static TaskEvent leased(Row row, int index, int attempt, long epoch) {
    return new TaskEvent.TaskLeased(index, attempt, epoch, new WorkerId(row.getString("worker")));
  }
}
