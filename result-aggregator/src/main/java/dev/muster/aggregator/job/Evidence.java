package dev.muster.aggregator.job;

/**
 * What is known to have happened to a job, whatever the order in which it was heard.
 *
 * @param planned its tasks are planned
 * @param leased a task was leased
 * @param started a task's command started, or a task ended
 * @param planFailed it cannot be planned
 * @param stopped after a cancellation: no attempt lives and none ever will
 * @param resultsDeleted after the end: its results are deleted
 * @param blocked it waits for other jobs, or did
 */
public record Evidence(
    boolean planned,
    boolean leased,
    boolean started,
    boolean planFailed,
    boolean stopped,
    boolean resultsDeleted,
    boolean blocked) {
  /** Nothing was heard. */
  public static final Evidence NONE = new Evidence(false, false, false, false, false, false, false);

  Evidence withPlan() {
    return new Evidence(true, leased, started, planFailed, stopped, resultsDeleted, blocked);
  }

  Evidence withTasks(boolean leaseSeen, boolean startSeen) {
    return new Evidence(
        planned,
        leased || leaseSeen || startSeen,
        started || startSeen,
        planFailed,
        stopped,
        resultsDeleted,
        blocked);
  }

  Evidence withPlanFailure() {
    return new Evidence(planned, leased, started, true, stopped, resultsDeleted, blocked);
  }

  Evidence withStop() {
    return new Evidence(planned, leased, started, planFailed, true, resultsDeleted, blocked);
  }

  Evidence withDeletion() {
    return new Evidence(planned, leased, started, planFailed, stopped, true, blocked);
  }

  Evidence withBlock() {
    return new Evidence(planned, leased, started, planFailed, stopped, resultsDeleted, true);
  }
}
