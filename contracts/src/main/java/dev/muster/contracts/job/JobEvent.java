package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.muster.contracts.id.JobId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One numbered change of a job, as {@code muster.job.events} publishes it. A job's events are
 * numbered 1..n without a gap; the last one is terminal, or {@link Kind#RESULTS_DELETED} after the
 * terminal one.
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
 * @param errorCode why it failed, wholly or in part, once that is known (K-04)
 * @param detail one sentence for people, where there is something to say; with an error code it
 *     explains that
 * @param status the native API's word for the state; while {@code CANCELING} the word before
 * @param attemptsLost attempts so far that ended because their worker went away, from 0
 * @param retriesUsed attempts so far after which a task was tried again, from 0
 * @param createdAt when the gateway accepted the job, with {@link Kind#SUBMITTED} only
 * @param payload the payload as it was submitted where the spec's base differs from it, with {@link
 *     Kind#SUBMITTED} only
 * @param payloadOmitted the member that was left out of the shown payload because of its size, with
 *     {@link Kind#SUBMITTED} only
 * @param cancellation a user's wish to end the job, from the moment it is known
 * @param recommendedAction one sentence: what the owner can do about the error code
 * @param costNanos what the job's attempts have cost so far, in billionths of a US dollar, from 0;
 *     null where nothing was charged since the event before
 * @param stage the completed stage, from 0, with {@link Kind#STAGE_COMPLETED} only
 * @param stopReason why the rest of the job's tasks is cancelled while the job is complete, one
 *     sentence, from the moment that is decided; null while nothing was stopped early
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
    @Nullable String detail,
    @Nullable String status,
    @JsonProperty(defaultValue = "0") int attemptsLost,
    @JsonProperty(defaultValue = "0") int retriesUsed,
    @Nullable Instant createdAt,
    @Nullable String payload,
    @Nullable String payloadOmitted,
    @Nullable Cancellation cancellation,
    @Nullable String recommendedAction,
    @Nullable Long costNanos,
    @Nullable Integer stage,
    @Nullable String stopReason) {
  /** What the CloudEvents types of all job events begin with. */
  public static final String CE_TYPE_PREFIX = "dev.muster.job";

  /** An event with the fields of the first shape only; the state's own word is its status. */
  public JobEvent(
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
    this(
        job, seq, kind, state, tenant, pool, at, counts, spec, errorCode, detail, null, 0, 0, null,
        null, null, null, null, null, null, null);
  }

  /** The same event with what the job has cost. */
  public JobEvent withCost(long nanos) {
    return new JobEvent(
        job,
        seq,
        kind,
        state,
        tenant,
        pool,
        at,
        counts,
        spec,
        errorCode,
        detail,
        status,
        attemptsLost,
        retriesUsed,
        createdAt,
        payload,
        payloadOmitted,
        cancellation,
        recommendedAction,
        nanos,
        stage,
        stopReason);
  }

  /**
   * The identity of an event, the same on every repeat and after every replay: {@code
   * <ulid>.<seq>}, the {@code ce_id} of its record.
   */
  public static String id(JobId job, long seq) {
    return job.value() + "." + seq;
  }

  /** The identity of this event. */
  public String id() {
    return id(job, seq);
  }

  /** The CloudEvents type of its record. */
  public String ceType() {
    return kind.ceType();
  }

  /**
   * A user's wish to end a job; it is apart from the job's state.
   *
   * @param state how the wish fares
   * @param reason the user's words, up to 500 characters
   * @param requestedAt when the wish was heard, by the deciding database's time
   * @param endedAt when it was granted or refused
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Cancellation(
      CancelState state, @Nullable String reason, Instant requestedAt, @Nullable Instant endedAt) {}

  /** How a cancellation fares; the words are those of the API. */
  public enum CancelState {
    /** Asked for, not decided or not done yet. */
    @JsonProperty("canceling")
    CANCELING,
    /** The job is cancelled. */
    @JsonProperty("canceled")
    CANCELED,
    /** It came too late: the job was finalizing or over. */
    @JsonProperty("failed")
    FAILED
  }

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
    EXPIRED,
    /** After the end: the bytes of its results are deleted, by its owner or by retention. */
    RESULTS_DELETED,
    /** Every task of a stage succeeded, and another stage comes after it. */
    STAGE_COMPLETED,
    /** It waits for other jobs to end. */
    BLOCKED;

    /** Whether the job ends with it. */
    public boolean isEnd() {
      return switch (this) {
        case COMPLETED, PARTIAL, FAILED, CANCELLED, EXPIRED -> true;
        case SUBMITTED,
            QUEUED,
            ASSIGNED,
            RUNNING,
            PROGRESSED,
            CANCELING,
            CANCEL_REFUSED,
            FINALIZING,
            RESULTS_DELETED,
            STAGE_COMPLETED,
            BLOCKED ->
            false;
      };
    }

    /** The CloudEvents type of its records; it says the version of the body's shape. */
    public String ceType() {
      return CE_TYPE_PREFIX + "." + name().toLowerCase(Locale.ROOT) + ".v1";
    }
  }
}
