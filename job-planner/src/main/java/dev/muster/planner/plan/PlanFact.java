package dev.muster.planner.plan;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.Stages;
import java.util.SortedSet;

/** What the planner decided about one job. */
public sealed interface PlanFact {
  /**
   * The job gets a plan.
   *
   * @param spec what was submitted
   */
  record JobAccepted(JobSpec spec) implements PlanFact {}

  /**
   * The job waits for others.
   *
   * @param spec what was submitted
   * @param open the parents that have not ended
   */
  record JobHeld(JobSpec spec, SortedSet<JobId> open) implements PlanFact {}

  /**
   * Parents of a waiting job ended as it wants, and others have not ended.
   *
   * @param parents those that ended
   */
  record ParentsMet(SortedSet<JobId> parents) implements PlanFact {}

  /**
   * All tasks of the first stage of a job without listed items are planned at once.
   *
   * @param spec what was submitted
   */
  record AllTasksPlanned(JobSpec spec) implements PlanFact {}

  /**
   * The tasks of a part of the listed items are planned.
   *
   * @param spec what was submitted
   * @param chunk the part
   */
  record ChunkPlanned(JobSpec spec, ItemChunk chunk) implements PlanFact {}

  /**
   * The tasks of a later stage are planned.
   *
   * @param spec what was submitted
   * @param stage which
   */
  record StagePlanned(JobSpec spec, Stages.Stage stage) implements PlanFact {}

  /**
   * A part of the listed items waits for its job.
   *
   * @param chunk the part
   */
  record ChunkParked(ItemChunk chunk) implements PlanFact {}

  /**
   * The job cannot be planned.
   *
   * @param spec what was submitted
   * @param errorCode why
   * @param detail one sentence for the job's owner
   */
  record PlanRefused(JobSpec spec, ErrorCode errorCode, String detail) implements PlanFact {}

  /** Nothing more will be said about the job. */
  record PlanClosed() implements PlanFact {}

  /**
   * The job is over.
   *
   * @param end its terminal state
   */
  record JobEnded(JobState end) implements PlanFact {}
}
