package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.TaskState;
import dev.muster.gateway.progress.LogProgress;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.AttemptView;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.KeptOutput;
import dev.muster.gateway.view.Money;
import dev.muster.gateway.view.OutputView;
import dev.muster.gateway.view.ShownOutput;
import dev.muster.gateway.view.TaskView;
import io.vertx.sqlclient.Row;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of the aggregator's tables as views. */
public final class TaskViews {
  private TaskViews() {}

  /** The state of a task that has no row: it waits, or its job ended without it. */
  public static String absent(JobState job) {
    return (job.isTerminal() ? TaskState.CANCELLED : TaskState.PENDING).name();
  }

  /** A task; the payload is looked up in {@code payloads}, workers appear by their alias. */
  public static TaskView task(
      JobId job, Row row, String absent, Map<Integer, JsonText> payloads, Alias alias) {
    int index = row.getInteger("index");
    String state = row.getString("state");
    Integer attempt = row.getInteger("attempt");
    String errorCode = row.getString("error_code");
    AttemptRecords.LastFailed failed =
        AttemptRecords.lastFailed(row.getString("last_failed"), alias);
    LogProgress log = log(row);
    return new TaskView(
        job.external() + "/" + index,
        index,
        (state == null ? absent : state).toLowerCase(Locale.ROOT),
        attempt == null ? 0 : attempt,
        payloads.get(index),
        alias.of(row.getString("worker")),
        isCurrent(row, "progress_epoch") ? JsonText.of(row.getString("progress")) : null,
        log.stage(),
        log.progress(),
        log.progress() == null ? null : LogProgress.SOURCE,
        feedback(row, failed),
        JobRepository.instant(row, "leased_at"),
        JobRepository.instant(row, "started_at"),
        JobRepository.instant(row, "ended_at"),
        TaskRepository.seconds(row),
        row.getInteger("exit_code"),
        row.getInteger("signal"),
        errorCode,
        row.getString("error"),
        JobView.recommendedAction(errorCode),
        AttemptRecords.history(row.getString("attempts"), alias),
        failed == null ? null : failed.view(),
        Money.dollars(Objects.requireNonNullElse(row.getLong("cost"), 0L)));
  }

  /** What a task wrote, or null when nothing is known. */
  public static OutputView.@Nullable TaskOutput output(Row row, Alias alias) {
    KeptOutput shown = kept(row, alias);
    return shown == null
        ? null
        : new OutputView.TaskOutput(
            row.getInteger("index"),
            shown.attempt(),
            shown.text(),
            shown.bytes(),
            shown.isTruncated());
  }

  /** What is kept of a task's output, of the attempt that is shown; null for nothing. */
  public static @Nullable KeptOutput kept(Row row, Alias alias) {
    KeptOutput kept =
        row.getString("head") == null
            ? KeptOutput.NONE
            : new KeptOutput(
                row.getInteger("output_attempt"),
                row.getLong("output_epoch"),
                row.getString("head"),
                row.getString("tail"),
                row.getString("head_errors"),
                row.getString("tail_errors"),
                row.getLong("cut"),
                row.getLong("bytes"),
                row.getInteger("gaps"));
    return shown(row, kept, AttemptRecords.lastFailed(row.getString("last_failed"), alias));
  }

  private static @Nullable KeptOutput shown(
      Row row, KeptOutput kept, AttemptRecords.@Nullable LastFailed failed) {
    AttemptView view = failed == null ? null : failed.view();
    return ShownOutput.of(row.getLong("epoch"), kept, failed == null ? 0 : failed.epoch(), view);
  }

  /** Whether what an epoch wrote is of the task's current lease. */
  private static boolean isCurrent(Row row, String column) {
    Long written = row.getLong(column);
    Long task = row.getLong("epoch");
    return written != null && (task == null || written >= task);
  }

  /** A command that does not run is at no stage. */
  private static LogProgress log(Row row) {
    return TaskState.RUNNING.name().equals(row.getString("state")) && isCurrent(row, "output_epoch")
        ? LogProgress.of(row.getString("output_tail"))
        : LogProgress.NONE;
  }

  private static TaskView.@Nullable LiveFeedback feedback(
      Row row, AttemptRecords.@Nullable LastFailed failed) {
    String tail = row.getString("output_tail");
    KeptOutput kept =
        tail == null
            ? KeptOutput.NONE
            : new KeptOutput(0, row.getLong("output_epoch"), tail, "", 0, 0, 0);
    KeptOutput shown = shown(row, kept, failed);
    return shown == null
        ? null
        : new TaskView.LiveFeedback(shown.text(), JobRepository.instant(row, "updated_at"));
  }
}
