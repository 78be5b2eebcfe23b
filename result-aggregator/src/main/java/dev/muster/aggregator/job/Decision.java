package dev.muster.aggregator.job;

import java.util.List;

/** The answer to a command. */
public sealed interface Decision {
  /**
   * It changes the job.
   *
   * @param changes in order, at least one
   */
  record Accepted(List<JobChange> changes) implements Decision {
    public Accepted {
      changes = List.copyOf(changes);
    }
  }

  /** It changes nothing. */
  record Rejected(Rejection reason) implements Decision {}
}
