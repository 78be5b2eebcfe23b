package dev.muster.contracts.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.RunSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the dispatcher tells one worker on {@code muster.task.assignments}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = MailEvent.WorkerWelcomed.class, name = "worker_welcomed"),
  @JsonSubTypes.Type(value = MailEvent.AttemptsAssigned.class, name = "attempts_assigned"),
  @JsonSubTypes.Type(value = MailEvent.AttemptsRevoked.class, name = "attempts_revoked"),
  @JsonSubTypes.Type(value = MailEvent.WorkerDrainRequested.class, name = "worker_drain_requested")
})
public sealed interface MailEvent {
  /** The incarnation it is meant for; the agent drops mail for another one. */
  long incarnation();

  /**
   * The registration is accepted.
   *
   * @param incarnation the accepted incarnation
   * @param leaseMillis how long leases live without a heartbeat; the agent fences itself at five
   *     sixths of it
   * @param heartbeatMillis how often to send heartbeats
   */
  record WorkerWelcomed(long incarnation, long leaseMillis, long heartbeatMillis)
      implements MailEvent {}

  /**
   * Leases of one job, committed before this was sent.
   *
   * @param incarnation the incarnation that got them
   * @param job the job
   * @param run what its attempts have in common
   * @param traceparent W3C trace context of the submission, if any
   * @param attempts the leases
   */
  record AttemptsAssigned(
      long incarnation,
      JobId job,
      RunSpec run,
      @Nullable String traceparent,
      List<Assignment> attempts)
      implements MailEvent {
    public AttemptsAssigned {
      attempts = List.copyOf(attempts);
    }

    /** The same within another part of its trace. */
    public AttemptsAssigned within(@Nullable String part) {
      return new AttemptsAssigned(incarnation, job, run, part, attempts);
    }
  }

  /**
   * One lease.
   *
   * @param index the task
   * @param attempt the try, from 1
   * @param epoch the lease epoch
   * @param payload the task's payload, JSON text
   * @param devices UUIDs of the granted GPUs
   * @param right what the attempt shows the gateway to get and leave files; null when it may not
   * @param gang where it stands in its gang; null when it runs for itself
   */
  record Assignment(
      int index,
      int attempt,
      long epoch,
      String payload,
      List<String> devices,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String right,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable GangPlace gang) {
    public Assignment {
      devices = List.copyOf(devices);
    }

    /** A lease without any right to files. */
    public Assignment(int index, int attempt, long epoch, String payload, List<String> devices) {
      this(index, attempt, epoch, payload, devices, null, null);
    }

    /** A lease of an attempt that runs for itself. */
    public Assignment(
        int index,
        int attempt,
        long epoch,
        String payload,
        List<String> devices,
        @Nullable String right) {
      this(index, attempt, epoch, payload, devices, right, null);
    }
  }

  /**
   * These leases are over: kill the command if it runs, drop it if it waits.
   *
   * @param incarnation the incarnation that held them
   * @param attempts the leases
   * @param reason why
   */
  record AttemptsRevoked(long incarnation, List<AttemptRef> attempts, Reason reason)
      implements MailEvent {
    public AttemptsRevoked {
      attempts = List.copyOf(attempts);
    }
  }

  /** Finish what runs, take nothing new. */
  record WorkerDrainRequested(long incarnation) implements MailEvent {}

  /** Why a lease is over. */
  enum Reason {
    /** The job was cancelled, or the gang ends: report the end as cancelled. */
    CANCELLED,
    /** The epoch is not current: report nothing. */
    STALE,
    /** Wanted elsewhere: give it back if it has not started, else keep it. */
    UNSTARTED_WANTED
  }
}
