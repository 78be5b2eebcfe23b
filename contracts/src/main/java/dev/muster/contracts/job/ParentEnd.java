package dev.muster.contracts.job;

import dev.muster.contracts.id.JobId;

/**
 * How a job ended that another one waits for.
 *
 * @param job the parent
 * @param state its terminal state
 */
public record ParentEnd(JobId job, JobState state) {
  public ParentEnd {
    if (!state.isTerminal()) {
      throw new IllegalArgumentException("Expected the end of a job, but got " + state);
    }
  }
}
