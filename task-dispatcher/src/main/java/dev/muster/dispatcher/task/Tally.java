package dev.muster.dispatcher.task;

/**
 * What a task has been through.
 *
 * @param attempt number of the last attempt; 0 before the first lease
 * @param epoch epoch of the last lease; 0 before the first. Grows by one with every lease
 * @param losses attempts lost without the user's fault, counted against {@code infrastructureMax}
 * @param deaths losses by the death of a worker, counted against {@link TaskDecider#DEATHS_MAX}
 * @param failures failures of the command itself, counted against {@code userMax}
 * @param fenced whether the last lease was taken away, so that whatever its holder still reports is
 *     stale
 */
public record Tally(int attempt, long epoch, int losses, int deaths, int failures, boolean fenced) {
  /** A task that was never leased. */
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, false);

  Tally leased() {
    return new Tally(attempt + 1, epoch + 1, losses, deaths, failures, false);
  }

  Tally lost(boolean death, boolean taken) {
    return new Tally(attempt, epoch, losses + 1, deaths + (death ? 1 : 0), failures, taken);
  }

  Tally failed(boolean taken) {
    return new Tally(attempt, epoch, losses, deaths, failures + 1, taken);
  }

  /** A member of a gang: a budget is spent by all members. */
  Tally shared(int gangLosses, int gangFailures, boolean taken) {
    return new Tally(
        attempt,
        epoch,
        Math.max(losses, gangLosses),
        deaths,
        Math.max(failures, gangFailures),
        taken || fenced);
  }

  Tally fencedOff() {
    return new Tally(attempt, epoch, losses, deaths, failures, true);
  }
}
