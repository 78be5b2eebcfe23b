package dev.muster.dispatcher.task;

import dev.muster.contracts.job.RetryPolicy;

/** The delay before a retry: doubled each time, bounded, spread over its upper half. */
public final class Backoff {
  private Backoff() {}

  /**
   * @param retry which retry it is, from 1
   * @param jitter 0 to 1
   * @return milliseconds, between half of the doubled delay and all of it, never above the bound
   */
  public static long delayMillis(RetryPolicy policy, int retry, double jitter) {
    int doublings = Math.min(Math.max(retry - 1, 0), 30);
    double full =
        Math.min(
            (double) policy.backoffMaxMillis(), policy.backoffMillis() * Math.pow(2, doublings));
    return Math.round(full * (0.5 + 0.5 * Math.clamp(jitter, 0, 1)));
  }
}
