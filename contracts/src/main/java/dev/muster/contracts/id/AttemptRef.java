package dev.muster.contracts.id;

/**
 * One try of one task under one lease. It is the fencing token: whatever carries an epoch below the
 * task's current one changes nothing (K-02).
 *
 * @param job the job
 * @param index the task's place in its job, from 0
 * @param attempt the try, from 1
 * @param epoch the lease epoch, from 1; it grows by one with every lease of the task
 */
public record AttemptRef(JobId job, int index, int attempt, long epoch) {
  public AttemptRef {
    if (index < 0 || attempt < 1 || epoch < 1) {
      throw new IllegalArgumentException(
          "Expected index >= 0, attempt >= 1 and epoch >= 1, but got "
              + index
              + ", "
              + attempt
              + ", "
              + epoch);
    }
  }
}
