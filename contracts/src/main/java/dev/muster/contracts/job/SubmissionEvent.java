package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.JobId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gateway says on {@code muster.job.submissions}: a user's wish, accepted and durable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SubmissionEvent.JobSubmitted.class, name = "job_submitted"),
  @JsonSubTypes.Type(value = SubmissionEvent.JobItemsListed.class, name = "job_items_listed"),
  @JsonSubTypes.Type(
      value = SubmissionEvent.JobCancelRequested.class,
      name = "job_cancel_requested"),
  @JsonSubTypes.Type(value = SubmissionEvent.CreditHeld.class, name = "credit_held"),
  @JsonSubTypes.Type(value = SubmissionEvent.CreditGranted.class, name = "credit_granted"),
  @JsonSubTypes.Type(value = SubmissionEvent.ResultsDeleted.class, name = "results_deleted"),
  @JsonSubTypes.Type(
      value = SubmissionEvent.JobReplayRequested.class,
      name = "job_replay_requested"),
  @JsonSubTypes.Type(
      value = SubmissionEvent.JobRebuildRequested.class,
      name = "job_rebuild_requested")
})
public sealed interface SubmissionEvent {
  /** The job it is about, or the grant. */
  JobId job();

  /**
   * A job was accepted. Its listed items, if any, follow as {@link JobItemsListed} on the same key.
   *
   * @param job the new job
   * @param spec what was accepted
   * @param submittedAt the database's time of the commit's transaction
   * @param payload the payload as it was submitted where the spec's base differs from it, up to 256
   *     KiB
   * @param payloadOmitted the member of the payload that is too large to be shown
   * @param sending 0 at first; higher each time the topic lost what was sent and it is sent again
   * @param ended those of the jobs it waits for that had ended when this was written; the end of
   *     every other one comes later. Null for none
   */
  record JobSubmitted(
      JobId job,
      JobSpec spec,
      Instant submittedAt,
      @Nullable String payload,
      @Nullable String payloadOmitted,
      @JsonProperty(defaultValue = "0") int sending,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ParentEnd> ended)
      implements SubmissionEvent {
    /** A submission that waits for no other. */
    public JobSubmitted(
        JobId job,
        JobSpec spec,
        Instant submittedAt,
        @Nullable String payload,
        @Nullable String payloadOmitted,
        int sending) {
      this(job, spec, submittedAt, payload, payloadOmitted, sending, null);
    }

    /** A submission that is sent for the first time, and whose payload is the spec's. */
    public JobSubmitted(JobId job, JobSpec spec, Instant submittedAt) {
      this(job, spec, submittedAt, null, null, 0);
    }
  }

  /**
   * A part of a job's listed items. A part always holds whole tasks: {@code firstItem} is a
   * multiple of the batch size.
   *
   * @param job the job
   * @param chunk the part's number, from 0 without holes
   * @param firstItem place of the first item in the job, from 0
   * @param items JSON documents as the user wrote them
   * @param sending as that of the submission
   */
  record JobItemsListed(
      JobId job,
      int chunk,
      int firstItem,
      List<String> items,
      @JsonProperty(defaultValue = "0") int sending)
      implements SubmissionEvent {
    public JobItemsListed {
      items = List.copyOf(items);
    }

    /** A part that is sent for the first time. */
    public JobItemsListed(JobId job, int chunk, int firstItem, List<String> items) {
      this(job, chunk, firstItem, items, 0);
    }
  }

  /**
   * A user asks for the end of a job. The aggregator decides whether it comes in time.
   *
   * @param job the job
   * @param reason the user's words, up to 500 characters
   */
  record JobCancelRequested(JobId job, @Nullable String reason) implements SubmissionEvent {}

  /**
   * What a tenant's account must set aside for a job; said in the record of its {@link
   * JobSubmitted}.
   *
   * @param job the job
   * @param tenant who pays
   * @param nanos how much, in billionths of a US dollar, from 0
   */
  record CreditHeld(JobId job, String tenant, long nanos) implements SubmissionEvent {
    public CreditHeld {
      if (nanos < 0) {
        throw new IllegalArgumentException("Expected an amount from 0, but got " + nanos);
      }
    }
  }

  /**
   * An administrator put credit on a tenant's account. It is about no job; its own id is the key.
   *
   * @param grant the grant's id, of the number space of jobs; a repeat has the same
   * @param tenant whose account
   * @param nanos how much, in billionths of a US dollar, from 1
   * @param note the administrator's words, up to 500 characters
   */
  record CreditGranted(JobId grant, String tenant, long nanos, @Nullable String note)
      implements SubmissionEvent {
    public CreditGranted {
      if (nanos < 1) {
        throw new IllegalArgumentException("Expected an amount from 1, but got " + nanos);
      }
    }

    @Override
    public JobId job() {
      return grant;
    }
  }

  /**
   * The results of a job that has ended are deleted: nobody gets them any more from the moment of
   * this event, and their bytes go soon after.
   *
   * @param job the job
   * @param reason who wanted it
   */
  record ResultsDeleted(JobId job, Reason reason) implements SubmissionEvent {
    /** Why results are deleted. */
    public enum Reason {
      /** Their owner asked for it. */
      USER,
      /** The time for which the plan keeps them is over. */
      RETENTION
    }
  }

  /**
   * An operator wants all events of a job on {@code muster.job.events} once more, the same records
   * with the same ids. Changes nothing about the job.
   */
  record JobReplayRequested(JobId job) implements SubmissionEvent {}

  /**
   * An operator wants what is derived from a job's tasks (its summary and aggregate) thrown away
   * and computed anew. Changes nothing about a job that has not ended.
   */
  record JobRebuildRequested(JobId job) implements SubmissionEvent {}
}
