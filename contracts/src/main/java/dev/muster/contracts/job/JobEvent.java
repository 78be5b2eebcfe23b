package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.id.JobId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One numbered change of a job, as {@code muster.job.events} publishes it. A job's events are
 * numbered 1..n without a gap, and the last one is terminal.
 *
 * @param job the job
 * @param seq its number within the job, from 1
 * @param kind what changed
 * @param state the canonical state after it
 * @param tenant who owns the job
 * @param pool the fleet that runs it
 * @param at the deciding database's time
 * @param counts the tasks after it
 * @param spec what was submitted, with {@link Kind#SUBMITTED} only
 * @param errorCode why it failed, where it did (K-04)
 * @param detail one sentence for people, where there is something to say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobEvent(
    JobId job,
    long seq,
    Kind kind,
    JobState state,
    String tenant,
    String pool,
    Instant at,
    TaskCounts counts,
    @Nullable JobSpec spec,
    @Nullable ErrorCode errorCode,
    @Nullable String detail) {
  /**
   * What can change about a job; the CloudEvents type is {@code dev.muster.job.<kind in lower
   * case>.v1}.
   */
  public enum Kind {
    SUBMITTED,
    QUEUED,
    ASSIGNED,
    RUNNING,
    PROGRESSED,
    CANCELING,
    CANCEL_REFUSED,
    FINALIZING,
    COMPLETED,
    PARTIAL,
    FAILED,
    CANCELLED,
    EXPIRED
  }
}
