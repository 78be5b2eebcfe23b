package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.JobEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a decision changes: facts that were learned, and events that everyone gets to see. */
public sealed interface JobChange {
  /**
   * The submission is known: whose job it is, how many tasks, since when.
   *
   * @param stageEnds the index after the last task of each stage; empty with one stage
   */
  record Submitted(JobFacts.Owner owner, int taskCount, Instant at, List<Integer> stageEnds)
      implements JobChange {
    public Submitted {
      stageEnds = List.copyOf(stageEnds);
    }
  }

  /** The tasks are planned. */
  record Planned(int taskCount) implements JobChange {}

  /** It waits for other jobs. */
  record Blocked() implements JobChange {}

  /** There will be no plan. */
  record PlanFailed(Failure failure) implements JobChange {}

  /** Tasks moved. */
  record TasksMoved(TaskDelta delta) implements JobChange {}

  /** A cancellation was asked for. */
  record CancelRequested(@Nullable String reason, Instant at) implements JobChange {}

  /** The cancellation came too late for an event of its own: the job is over. */
  record CancelFailed(Instant at) implements JobChange {}

  /** The deadline has passed while tasks were open: the job ends with what it has. */
  record DeadlinePassed(Failure failure) implements JobChange {}

  /** The rest of the tasks is not needed. */
  record StoppedEarly(String reason) implements JobChange {}

  /** The dispatcher has stopped everything. */
  record Stopped() implements JobChange {}

  /** The results are deleted. */
  record ResultsDeleted() implements JobChange {}

  /** A public event, numbered. */
  record Published(JobEvent event) implements JobChange {}
}
