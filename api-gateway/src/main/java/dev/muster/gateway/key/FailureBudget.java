package dev.muster.gateway.key;

import java.time.Duration;

/**
 * How many more wrong keys of one origin are answered before it is told to wait: a bucket that
 * refills steadily.
 *
 * @param left failures that may still come at once
 * @param atNanos monotonic time of that count
 */
public record FailureBudget(double left, long atNanos) {
  private static final double NANOS = 1e9;

  /**
   * How large a budget is.
   *
   * @param failuresMax failures that may come at once
   * @param perSecond failures that are allowed steadily
   */
  public record Rule(int failuresMax, double perSecond) {
    public Rule {
      if (failuresMax < 1 || !(perSecond > 0)) {
        throw new IllegalArgumentException(
            "Expected a budget of at least one failure that refills, but got "
                + failuresMax
                + " and "
                + perSecond);
      }
    }
  }

  /** A budget of which nothing is used. */
  public static FailureBudget full(Rule rule, long nowNanos) {
    return new FailureBudget(rule.failuresMax(), nowNanos);
  }

  /** The budget at a later time. */
  public FailureBudget at(Rule rule, long nowNanos) {
    double refilled = left + Math.max(0, nowNanos - atNanos) / NANOS * rule.perSecond();
    return new FailureBudget(Math.min(rule.failuresMax(), refilled), nowNanos);
  }

  /** Whether another failure has to wait. */
  public boolean isSpent() {
    return left < 1;
  }

  /** The budget after a failure; one that comes too early costs nothing, so that a wait ends. */
  public FailureBudget spend() {
    return isSpent() ? this : new FailureBudget(left - 1, atNanos);
  }

  /** How long until the next failure is allowed: whole seconds, at least one. */
  public Duration pause(Rule rule) {
    double seconds = Math.ceil((1 - left) / rule.perSecond());
    return Duration.ofSeconds(Math.max(1, (long) seconds));
  }
}
