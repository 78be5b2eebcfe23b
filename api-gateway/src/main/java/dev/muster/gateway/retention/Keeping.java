package dev.muster.gateway.retention;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the results of a job that has ended.
 *
 * @param plan the plan at its end
 * @param expiresAt when they are deleted at the latest
 * @param deletion set once they are deleted
 */
public record Keeping(Plan plan, Instant expiresAt, @Nullable Deletion deletion) {
  /**
   * A deletion.
   *
   * @param reason {@code user} or {@code retention}
   * @param at when
   */
  public record Deletion(String reason, Instant at) {}
}
