package dev.muster.gateway.export;

import dev.muster.gateway.view.JobView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job as a row; the columns are documented with the operation and only grow at the end. */
public final class JobRow {
  /** The names of the columns, in order. */
  public static final List<String> COLUMNS =
      List.of(
          "job_id",
          "status",
          "canonical_state",
          "type",
          "project",
          "client_ref",
          "tags",
          "variant",
          "meta",
          "priority",
          "created_at",
          "queued_at",
          "assigned_at",
          "started_at",
          "finalizing_at",
          "ended_at",
          "tasks",
          "succeeded",
          "failed",
          "cancelled",
          "progress",
          "attempts_lost",
          "retries_used",
          "cost_usd",
          "retry_of",
          "error_code",
          "error");

  private JobRow() {}

  /** The values of the columns. */
  public static List<@Nullable Object> of(JobView job) {
    List<@Nullable Object> row = new ArrayList<>(COLUMNS.size());
    row.add(job.jobId());
    row.add(job.status());
    row.add(job.canonicalState());
    row.add(job.type());
    row.add(job.project());
    row.add(job.clientRef());
    row.add(String.join(" ", job.tags()));
    row.add(job.variant());
    row.add(job.meta() == null ? null : job.meta().text());
    row.add(job.priority());
    row.add(job.createdAt());
    row.add(job.queuedAt());
    row.add(job.assignedAt());
    row.add(job.startedAt());
    row.add(job.finalizingAt());
    row.add(job.endedAt());
    row.add(job.counts().total());
    row.add(job.counts().succeeded());
    row.add(job.counts().failed());
    row.add(job.counts().cancelled());
    row.add(job.progress());
    row.add(job.attemptsLost());
    row.add(job.retriesUsed());
    row.add(job.costUsd().toPlainString());
    row.add(job.retryOf());
    row.add(job.errorCode());
    row.add(job.error());
    return row;
  }
}
