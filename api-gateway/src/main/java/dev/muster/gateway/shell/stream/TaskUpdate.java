package dev.muster.gateway.shell.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JsonText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a stream tells of a task; only the fields of its kind are there.
 *
 * @param jobId the job
 * @param index the task
 * @param status its state, or null where its output or progress is told
 * @param attempt the attempt
 * @param worker the worker's alias, when it was leased
 * @param stream {@code stdout} or {@code stderr}
 * @param offset bytes the attempt had written before this piece
 * @param bytes length of this piece
 * @param text what was written
 * @param latestProgress the document of a progress line
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TaskUpdate(
    String jobId,
    int index,
    @Nullable String status,
    @Nullable Integer attempt,
    @Nullable String worker,
    @Nullable String stream,
    @Nullable Long offset,
    @Nullable Integer bytes,
    @Nullable String text,
    @Nullable JsonText latestProgress) {
  /** A range of cancelled tasks can be a million: a stream tells so many of them. */
  private static final int CANCELLED_MAX = 1_000;

  static List<TaskUpdate> of(String job, TaskEvent event, Alias alias) {
    return switch (event) {
      case TaskEvent.TaskLeased e ->
          List.of(state(job, e.index(), "leased", e.attempt(), alias.of(e.worker().value())));
      case TaskEvent.TaskStarted e -> List.of(state(job, e.index(), "running", e.attempt(), null));
      case TaskEvent.TaskReturned e -> List.of(state(job, e.index(), "ready", e.attempt(), null));
      case TaskEvent.TaskRetrying e ->
          List.of(state(job, e.index(), "retry_wait", e.attempt(), null));
      case TaskEvent.TaskSucceeded e ->
          List.of(state(job, e.index(), "succeeded", e.attempt(), null));
      case TaskEvent.TaskFailed e -> List.of(state(job, e.index(), "failed", e.attempt(), null));
      case TaskEvent.TasksCancelled e ->
          e.indexes().stream()
              .limit(CANCELLED_MAX)
              .mapToObj(index -> state(job, index, "cancelled", null, null))
              .toList();
      case TaskEvent.AttemptMetered e -> List.of();
      case TaskEvent.JobStopped e -> List.of();
    };
  }

  static String nameOf(ProgressEvent event) {
    return switch (event) {
      case ProgressEvent.OutputWritten e -> "log";
      case ProgressEvent.ProgressReported e -> "progress";
    };
  }

  static TaskUpdate of(ProgressEvent event) {
    String job = event.attempt().job().external();
    int index = event.attempt().index();
    int attempt = event.attempt().attempt();
    return switch (event) {
      case ProgressEvent.OutputWritten e ->
          new TaskUpdate(
              job,
              index,
              null,
              attempt,
              null,
              e.stream().name().toLowerCase(Locale.ROOT),
              e.offset(),
              e.bytes(),
              e.text(),
              null);
      case ProgressEvent.ProgressReported e ->
          new TaskUpdate(
              job, index, null, attempt, null, null, null, null, null, new JsonText(e.document()));
    };
  }

  private static TaskUpdate state(
      String job, int index, String status, @Nullable Integer attempt, @Nullable String worker) {
    return new TaskUpdate(job, index, status, attempt, worker, null, null, null, null, null);
  }
}
