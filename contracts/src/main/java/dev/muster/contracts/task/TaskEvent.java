package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.worker.GpuDevice;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the dispatcher says on {@code muster.task.events} about one job's tasks; a record carries
 * all that one transaction decided about one job, in order.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TaskEvent.TaskLeased.class, name = "task_leased"),
  @JsonSubTypes.Type(value = TaskEvent.TaskStarted.class, name = "task_started"),
  @JsonSubTypes.Type(value = TaskEvent.TaskReturned.class, name = "task_returned"),
  @JsonSubTypes.Type(value = TaskEvent.TaskRetrying.class, name = "task_retrying"),
  @JsonSubTypes.Type(value = TaskEvent.TaskSucceeded.class, name = "task_succeeded"),
  @JsonSubTypes.Type(value = TaskEvent.TaskFailed.class, name = "task_failed"),
  @JsonSubTypes.Type(value = TaskEvent.AttemptMetered.class, name = "attempt_metered"),
  @JsonSubTypes.Type(value = TaskEvent.TasksCancelled.class, name = "tasks_cancelled"),
  @JsonSubTypes.Type(value = TaskEvent.JobStopped.class, name = "job_stopped")
})
public sealed interface TaskEvent {
  /** An attempt got a lease on a worker. */
  record TaskLeased(int index, int attempt, long epoch, WorkerId worker) implements TaskEvent {}

  /** The attempt's command runs. */
  record TaskStarted(int index, int attempt, long epoch) implements TaskEvent {}

  /**
   * A lease was taken back or given back before the command started; it costs no budget and the
   * task is ready again.
   */
  record TaskReturned(int index, int attempt, long epoch) implements TaskEvent {}

  /**
   * An attempt ended badly and the task will be tried again.
   *
   * @param index the task
   * @param attempt the attempt that ended
   * @param epoch its lease epoch
   * @param end how it ended
   * @param delayMillis how long until it may be leased again
   */
  record TaskRetrying(int index, int attempt, long epoch, AttemptEnd end, long delayMillis)
      implements TaskEvent {}

  /** The task has its result; later reports change nothing. */
  record TaskSucceeded(int index, int attempt, long epoch, AttemptEnd end) implements TaskEvent {}

  /** The task failed for good. */
  record TaskFailed(int index, int attempt, long epoch, AttemptEnd end) implements TaskEvent {}

  /**
   * An attempt that had run is over, however it ended, and this is what it used. Said once for each
   * lease, beside the event that tells the end; of a cancelled or lost attempt as well.
   *
   * @param index the task
   * @param attempt the attempt
   * @param epoch its lease epoch; job, index and epoch name the lease for ever
   * @param startedAt when the dispatcher heard of the start, by its database's clock; null when
   *     start and end came in one report
   * @param endedAt when the dispatcher decided the end, by its database's clock
   * @param millis how long the command is held to have run, from 1: what the worker measured, never
   *     more than the lease lasted; of an attempt whose worker could not tell, the time between
   *     {@code startedAt} and {@code endedAt}
   * @param cpus cores the attempt had
   * @param devices GPUs the attempt had for itself
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record AttemptMetered(
      int index,
      int attempt,
      long epoch,
      @Nullable Instant startedAt,
      Instant endedAt,
      long millis,
      double cpus,
      List<GpuDevice> devices)
      implements TaskEvent {
    public AttemptMetered {
      devices = devices == null ? List.of() : List.copyOf(devices);
      if (millis < 1 || cpus < 0) {
        throw new IllegalArgumentException(
            "Expected a run of at least 1 ms, but got " + millis + " ms on " + cpus + " cores");
      }
    }
  }

  /**
   * These tasks will never run (again): their job was cancelled. Attempts that ran when it happened
   * are among them.
   *
   * @param indexes the tasks
   */
  record TasksCancelled(IndexRanges indexes) implements TaskEvent {}

  /**
   * After a cancellation: no attempt of the job lives, none ever will. The last word of the
   * dispatcher on a cancelled job.
   */
  record JobStopped() implements TaskEvent {}
}
