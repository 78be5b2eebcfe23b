package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the planner says on {@code muster.task.plans}: which tasks a job consists of. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PlanEvent.JobPlanned.class, name = "job_planned"),
  @JsonSubTypes.Type(value = PlanEvent.TasksPlanned.class, name = "tasks_planned"),
  @JsonSubTypes.Type(value = PlanEvent.PlanFailed.class, name = "plan_failed"),
  @JsonSubTypes.Type(value = PlanEvent.JobBlocked.class, name = "job_blocked")
})
public sealed interface PlanEvent {
  /** The job it is about. */
  JobId job();

  /**
   * The job has a plan; its tasks follow as {@link TasksPlanned} on the same key.
   *
   * @param job the job
   * @param tenant who owns it
   * @param pool the fleet that runs it
   * @param priority higher goes first
   * @param taskCount all tasks, the carried ones included
   * @param carried tasks that are done already, by an earlier job, or left out
   * @param run what all attempts have in common
   * @param deadlineSeconds how long after its acceptance the job is due, from 1; null for never. It
   *     orders jobs that wait; the aggregator ends the job
   */
  record JobPlanned(
      JobId job,
      String tenant,
      String pool,
      int priority,
      int taskCount,
      IndexRanges carried,
      RunSpec run,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer deadlineSeconds)
      implements PlanEvent {
    /** A job without a deadline. */
    public JobPlanned(
        JobId job,
        String tenant,
        String pool,
        int priority,
        int taskCount,
        IndexRanges carried,
        RunSpec run) {
      this(job, tenant, pool, priority, taskCount, carried, run, null);
    }
  }

  /**
   * A range of tasks, each with its payload.
   *
   * @param job the job
   * @param firstIndex place of the first task in the job
   * @param count number of tasks, from 1
   * @param payloads one JSON document per task, or empty when {@code template} makes them
   * @param template makes the payloads by arithmetic, or null when they are listed
   * @param stage the stage they belong to; null in a job of one stage
   */
  record TasksPlanned(
      JobId job,
      int firstIndex,
      int count,
      List<String> payloads,
      @Nullable ChunkTemplate template,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PlannedStage stage)
      implements PlanEvent {
    /** A range of a job of one stage. */
    public TasksPlanned(
        JobId job,
        int firstIndex,
        int count,
        List<String> payloads,
        @Nullable ChunkTemplate template) {
      this(job, firstIndex, count, payloads, template, null);
    }

    public TasksPlanned {
      payloads = List.copyOf(payloads);
      if (count < 1 || (template == null) != (payloads.size() == count)) {
        throw new IllegalArgumentException(
            "Expected a payload for each of "
                + count
                + " tasks, or a template, but got "
                + payloads.size());
      }
    }
  }

  /**
   * The job cannot be planned.
   *
   * @param job the job
   * @param errorCode why
   * @param detail one sentence for the job's owner
   */
  record PlanFailed(JobId job, ErrorCode errorCode, String detail) implements PlanEvent {}

  /**
   * The job is planned once others have ended; its plan, or that there is none, follows on the same
   * key.
   *
   * @param job the job
   * @param waitingFor jobs that had not ended when this was decided, at least one
   */
  record JobBlocked(JobId job, List<JobId> waitingFor) implements PlanEvent {
    public JobBlocked {
      waitingFor = List.copyOf(waitingFor);
    }
  }
}
