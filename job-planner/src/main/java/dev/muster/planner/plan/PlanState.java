package dev.muster.planner.plan;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
   * The job waits for others to end; nothing is planned before.
   *
   * @param spec what was submitted
   * @param open the parents that have not ended, at least one
   * @param parked numbers of the parts of its listed items that came
   */
  record Waiting(JobSpec spec, SortedSet<JobId> open, IndexRanges parked) implements PlanState {
    public Waiting {
      open = Collections.unmodifiableSortedSet(new TreeSet<>(open));
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

  /** It was said that the job cannot be planned; its end follows. */
  record Refused() implements PlanState {}

  /**
   * The job is over, or on its way there: nothing more is said about it.
   *
   * @param end how it ended, for the jobs that wait for it; null while it is on its way
   */
  record Closed(@Nullable JobState end) implements PlanState {
    /** On its way to its end. */
    public Closed() {
      this(null);
    }
  }
}
