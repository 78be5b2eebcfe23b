package dev.muster.contracts.job;

/**
 * How many of a job's tasks are where. Everything that is in none of the named states waits: {@link
 * #pending()}.
 *
 * @param total all tasks of the job; 0 until planned
 * @param leased handed to a worker, not started
 * @param running started
 * @param succeeded ended with a result
 * @param failed ended without one
 * @param cancelled ended by a cancellation
 */
public record TaskCounts(
    int total, int leased, int running, int succeeded, int failed, int cancelled) {
  /** Before anything is known. */
  public static final TaskCounts ZERO = new TaskCounts(0, 0, 0, 0, 0, 0);

  /** Tasks that are in a terminal state. */
  public int finished() {
    return succeeded + failed + cancelled;
  }

  /** Tasks that wait for a worker or for a retry. */
  public int pending() {
    return total - leased - running - finished();
  }
}
