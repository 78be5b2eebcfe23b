package dev.muster.aggregator.job;

import dev.muster.contracts.job.JobEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a job reached which rung (K-05), by the deciding database's clock.
 *
 * @param created accepted by the gateway
 * @param queued planned
 * @param assigned first lease
 * @param started first start
 * @param finalizing every task terminal
 * @param ended terminal
 */
public record Milestones(
    @Nullable Instant created,
    @Nullable Instant queued,
    @Nullable Instant assigned,
    @Nullable Instant started,
    @Nullable Instant finalizing,
    @Nullable Instant ended) {
  /** No rung was reached. */
  public static final Milestones NONE = new Milestones(null, null, null, null, null, null);

  Milestones withCreated(Instant at) {
    return new Milestones(at, queued, assigned, started, finalizing, ended);
  }

  Milestones after(JobEvent event) {
    Instant at = event.at();
    return switch (event.kind()) {
      case QUEUED -> new Milestones(created, at, assigned, started, finalizing, ended);
      case ASSIGNED -> new Milestones(created, queued, at, started, finalizing, ended);
      case RUNNING -> new Milestones(created, queued, assigned, at, finalizing, ended);
      case FINALIZING -> new Milestones(created, queued, assigned, started, at, ended);
      case COMPLETED, PARTIAL, FAILED, CANCELLED, EXPIRED ->
          new Milestones(created, queued, assigned, started, finalizing, at);
      case SUBMITTED,
          BLOCKED,
          PROGRESSED,
          STAGE_COMPLETED,
          CANCELING,
          CANCEL_REFUSED,
          RESULTS_DELETED ->
          this;
    };
  }
}
