package dev.muster.planner.plan;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.JobSpec;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the planner knows about one job. */
public sealed interface PlanState {
  /** Nothing was heard of the job. */
  record Unknown() implements PlanState {}

  /**
   * Items came, the job itself did not yet.
   *
   * @param parked the parts that came, by number, at least one
   */
  record Awaiting(SortedMap<Integer, ItemChunk> parked) implements PlanState {
    public Awaiting {
      parked = Collections.unmodifiableSortedMap(new TreeMap<>(parked));
    }
  }

  /**
   * The job has a plan, some of its listed items are still to come.
   *
   * @param spec what was submitted
   * @param plannedTasks tasks whose items came, the carried ones among them included
   * @param chunks numbers of the parts that came
   */
  record Planning(JobSpec spec, int plannedTasks, IndexRanges chunks) implements PlanState {}

  /**
   * Stages are planned, others are still to come.
   *
   * @param spec what was submitted
   * @param next the stage that is planned when the one before is complete, from 1
   */
  record Staged(JobSpec spec, int next) implements PlanState {}

  /** All is said about the job. */
  record Planned() implements PlanState {}

  /** The job is over, or on its way there: nothing more is said about it. */
  record Closed() implements PlanState {}
}
