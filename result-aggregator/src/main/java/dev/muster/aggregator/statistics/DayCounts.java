package dev.muster.aggregator.statistics;

import dev.muster.contracts.job.JobEvent;
import java.time.Duration;
import java.time.Instant;

/**
 * What happened on a day.
 *
 * @param submitted jobs created
 * @param completed jobs ended, all tasks succeeded
 * @param partial jobs ended, some tasks succeeded
 * @param failed jobs ended, none did
 * @param cancelled jobs ended by a user
 * @param expired jobs ended by their deadline
 * @param completionMillis from creation to end, added up over the completed jobs
 * @param spent charged for use, in billionths of a US dollar
 */
public record DayCounts(
    long submitted,
    long completed,
    long partial,
    long failed,
    long cancelled,
    long expired,
    long completionMillis,
    long spent) {
  /** Nothing. */
  public static final DayCounts NONE = new DayCounts(0, 0, 0, 0, 0, 0, 0, 0);

  /** What an event adds to the day of its job's creation. */
  public static DayCounts created(JobEvent event) {
    return event.kind() == JobEvent.Kind.SUBMITTED ? new DayCounts(1, 0, 0, 0, 0, 0, 0, 0) : NONE;
  }

  /**
   * What an event adds to the day on which it happened.
   *
   * @param created when its job was created
   */
  public static DayCounts ended(JobEvent event, Instant created) {
    return switch (event.kind()) {
      case COMPLETED ->
          new DayCounts(
              0, 1, 0, 0, 0, 0, Math.max(0, Duration.between(created, event.at()).toMillis()), 0);
      case PARTIAL -> new DayCounts(0, 0, 1, 0, 0, 0, 0, 0);
      case FAILED -> new DayCounts(0, 0, 0, 1, 0, 0, 0, 0);
      case CANCELLED -> new DayCounts(0, 0, 0, 0, 1, 0, 0, 0);
      case EXPIRED -> new DayCounts(0, 0, 0, 0, 0, 1, 0, 0);
      case SUBMITTED,
          BLOCKED,
          QUEUED,
          ASSIGNED,
          RUNNING,
          PROGRESSED,
          STAGE_COMPLETED,
          CANCELING,
          CANCEL_REFUSED,
          FINALIZING,
          RESULTS_DELETED ->
          NONE;
    };
  }

  /** Something was charged. */
  public static DayCounts charged(long nanos) {
    return new DayCounts(0, 0, 0, 0, 0, 0, 0, nanos);
  }

  /** Both. */
  public DayCounts plus(DayCounts more) {
    return new DayCounts(
        submitted + more.submitted,
        completed + more.completed,
        partial + more.partial,
        failed + more.failed,
        cancelled + more.cancelled,
        expired + more.expired,
        completionMillis + more.completionMillis,
        spent + more.spent);
  }
}
