package dev.muster.planner.plan;

import dev.muster.contracts.job.JobSpec;

/** What was read about one job. Commands come in any order, and more than once. */
public sealed interface PlanCommand {
  /**
   * The job was accepted.
   *
   * @param spec what was submitted
   */
  record Submit(JobSpec spec) implements PlanCommand {}

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

  /** The job is being cancelled, or is over. */
  record Close() implements PlanCommand {}
}
