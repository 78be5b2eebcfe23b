package dev.muster.aggregator.job;

import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import org.jspecify.annotations.Nullable;

/** The rungs of K-01: which comes next for given facts, and where each event leads. */
final class JobLadder {
  private JobLadder() {}

  /**
   * The next event that the facts call for, or null when the job is as far as they carry it. A
   * cancellation goes before every other step; what is stopped early goes on as if it were
   * cancelled, and is too late for a cancellation.
   */
  static JobEvent.@Nullable Kind next(JobFacts facts) {
    Cancellation cancellation = facts.cancellation();
    boolean wish = cancellation != null && cancellation.state() == Cancellation.State.CANCELING;
    boolean cancel = wish || facts.isExpired();
    Evidence evidence = facts.evidence();
    boolean done = facts.allTasksEnded();
    boolean started = evidence.started() || done;
    boolean leased = evidence.leased() || started;
    JobEvent.@Nullable Kind stage = facts.isStageComplete() ? JobEvent.Kind.STAGE_COMPLETED : null;
    return switch (facts.state()) {
      case UPLOADING, PLANNING, BLOCKED ->
          cancel
              ? JobEvent.Kind.CANCELING
              : evidence.planFailed()
                  ? JobEvent.Kind.FAILED
                  : evidence.planned() || leased
                      ? JobEvent.Kind.QUEUED
                      : blocks(facts) ? JobEvent.Kind.BLOCKED : null;
      case QUEUED -> cancel ? JobEvent.Kind.CANCELING : leased ? JobEvent.Kind.ASSIGNED : stage;
      case ASSIGNED -> cancel ? JobEvent.Kind.CANCELING : started ? JobEvent.Kind.RUNNING : stage;
      case RUNNING ->
          cancel || facts.isStoppedEarly()
              ? JobEvent.Kind.CANCELING
              : done ? JobEvent.Kind.FINALIZING : stage;
      case FINALIZING -> wish ? JobEvent.Kind.CANCEL_REFUSED : null;
      // It ends by its deadline, or because it knows enough, so the wish comes too late.
      case CANCELING ->
          wish && (facts.isExpired() || facts.isStoppedEarly())
              ? JobEvent.Kind.CANCEL_REFUSED
              : null;
      case COMPLETED, PARTIAL, FAILED, CANCELLED, EXPIRED -> null;
    };
  }

  private static boolean blocks(JobFacts facts) {
    return facts.evidence().blocked() && facts.state().rank() < JobState.BLOCKED.rank();
  }

  /** The state after an event. */
  static JobState stateAfter(JobEvent.Kind kind, JobState state) {
    return switch (kind) {
      case SUBMITTED -> JobState.PLANNING;
      case BLOCKED -> JobState.BLOCKED;
      case QUEUED -> JobState.QUEUED;
      case ASSIGNED -> JobState.ASSIGNED;
      case RUNNING -> JobState.RUNNING;
      case PROGRESSED, STAGE_COMPLETED, CANCEL_REFUSED, RESULTS_DELETED -> state;
      case CANCELING -> JobState.CANCELING;
      case FINALIZING -> JobState.FINALIZING;
      case COMPLETED -> JobState.COMPLETED;
      case PARTIAL -> JobState.PARTIAL;
      case FAILED -> JobState.FAILED;
      case CANCELLED -> JobState.CANCELLED;
      case EXPIRED -> JobState.EXPIRED;
    };
  }
}
