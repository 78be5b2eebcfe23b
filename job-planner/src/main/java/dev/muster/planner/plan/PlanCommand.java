package dev.muster.planner.plan;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import java.util.Map;

/** What was read about one job. Commands come in any order, and more than once. */
public sealed interface PlanCommand {
  /**
   * The job was accepted.
   *
   * @param spec what was submitted
   * @param ended how those of its parents ended that had ended when the submission was written
   */
  record Submit(JobSpec spec, Map<JobId, JobState> ended) implements PlanCommand {
    public Submit {
      ended = Map.copyOf(ended);
    }

    /** A job of which no parent had ended. */
    public Submit(JobSpec spec) {
      this(spec, Map.of());
    }
  }

  /**
   * A part of its listed items.
   *
   * @param chunk the part
   */
  record ListItems(ItemChunk chunk) implements PlanCommand {}

  /**
   * All tasks of a stage have succeeded.
   *
   * @param stage which, from 0
   */
  record CompleteStage(int stage) implements PlanCommand {}

  /** The job is being cancelled. */
  record Close() implements PlanCommand {}

  /**
   * The job is over.
   *
   * @param state its terminal state
   */
  record End(JobState state) implements PlanCommand {}

  /**
   * Jobs that this one may wait for are over.
   *
   * @param ended how each of them ended
   */
  record EndParents(Map<JobId, JobState> ended) implements PlanCommand {
    public EndParents {
      ended = Map.copyOf(ended);
    }
  }
}
