package dev.muster.gateway.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a tenant has agreed on with the operator. The plan in force when a job ends decides how long
 * its results are kept; a change of plan changes nothing for jobs that have ended.
 */
public enum Plan {
  /** Results are kept for 7 days. */
  FREE(7),
  /** Results are kept for 30 days. */
  PRO(30),
  /** Results are kept for 90 days. */
  ENTERPRISE(90);

  private final int days;

  Plan(int days) {
    this.days = days;
  }

  /** The plan as users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what a user wrote; empty when it is no plan. */
  public static Optional<Plan> of(String word) {
    return Arrays.stream(values()).filter(plan -> plan.word().equals(word)).findFirst();
  }

  /** How long results are kept after the end. */
  public Duration kept() {
    return Duration.ofDays(days);
  }

  /** When the results of a job are deleted that ended under this plan. */
  public Instant expiresAt(Instant ended) {
    return ended.plus(kept());
  }
}
