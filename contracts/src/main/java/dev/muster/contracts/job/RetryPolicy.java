package dev.muster.contracts.job;

import java.util.Set;

/**
 * When a lost or failed attempt is tried again. The two budgets are counted apart; a
 * cancelled or refused attempt is free.
 *
 * @param infrastructureMax tries after losses that are not the user's fault (worker lost, start
 *     failure), 0 to 100, default 2
 * @param userMax tries after the command itself failed, 0 to 100, default 0
 * @param exitCodes the exit codes that are tried again; empty means every non-zero one
 * @param backoffMillis delay before the first retry, doubled each time, default 1,000
 * @param backoffMaxMillis upper bound of the delay, default 60,000
 */
public record RetryPolicy(
    int infrastructureMax,
    int userMax,
    Set<Integer> exitCodes,
    long backoffMillis,
    long backoffMaxMillis) {
  /** Two tries for infrastructure, none for the command's own failures. */
  public static final RetryPolicy DEFAULT = new RetryPolicy(2, 0, Set.of(), 1_000, 60_000);

  public RetryPolicy {
    exitCodes = Set.copyOf(exitCodes);
  }
}
