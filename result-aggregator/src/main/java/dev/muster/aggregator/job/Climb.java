package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision under way: what was learned, then an event for every rung the facts carry the job
 * up. Each change is applied before the next is decided.
 */
final class Climb {
  private final List<JobChange> changes = new ArrayList<>();
  private final JobCommand.@Nullable Submit submission;
  private final Shown shownBefore;
  private final Instant now;
  private final Deque<JobFacts> steps = new ArrayDeque<>();

  /** The figures that an event shows; whoever reads events must learn of every change of them. */
  private record Shown(TaskCounts counts, int attemptsLost, int retries) {
    static Shown of(JobFacts facts) {
      return new Shown(facts.counts(), facts.attemptsLost(), facts.retries());
    }
  }

  Climb(JobFacts facts, JobCommand.@Nullable Submit submission, Instant now) {
    steps.add(facts);
    this.shownBefore = Shown.of(facts);
    this.submission = submission;
    this.now = now;
  }

  private JobFacts facts() {
    return steps.getLast();
  }

  List<JobChange> changes() {
    return changes;
  }

  void learn(JobChange change) {
    steps.add(JobEvolution.after(facts(), change));
    changes.add(change);
  }

  /** Publishes every rung that the facts carry, the progress where there is none. */
  List<JobChange> up() {
    if (facts().owner() == null) {
      return changes;
    }
    if (facts().version() == 0) {
      publish(JobEvent.Kind.SUBMITTED, null);
    }
    if (facts().isStageFailed() && facts().state() != JobState.CANCELING) {
      // What comes after depends on all of it, so nothing more is planned.
      cancelRest();
    }
    for (JobEvent.Kind next = JobLadder.next(facts()); next != null; ) {
      publish(next, next == JobEvent.Kind.FAILED ? facts().failure() : null);
      next = JobLadder.next(facts());
    }
    if (!lastShown().equals(Shown.of(facts()))) {
      publish(JobEvent.Kind.PROGRESSED, null);
    }
    return changes;
  }

  private Shown lastShown() {
    for (JobChange change : changes.reversed()) {
      if (change instanceof JobChange.Published(var event)) {
        return new Shown(event.counts(), event.attemptsLost(), event.retriesUsed());
      }
    }
    return shownBefore;
  }

  /** Whatever has not ended when a job is over will never run. */
  void cancelRest() {
    TaskCounts c = facts().counts();
    int rest = c.total() - c.finished();
    if (rest > 0 || c.leased() > 0 || c.running() > 0) {
      learn(
          new JobChange.TasksMoved(
              new TaskDelta(-c.leased(), -c.running(), 0, 0, rest, 0, 0, false, false)));
    }
  }

  void publish(JobEvent.Kind kind, @Nullable Failure failure) {
    publish(kind, failure, detail(kind));
  }

  private void publish(JobEvent.Kind kind, @Nullable Failure failure, @Nullable String detail) {
    if (kind == JobEvent.Kind.FAILED && facts().evidence().planFailed()) {
      cancelRest();
    }
    JobFacts.Owner owner = facts().owner();
    if (owner == null) {
      throw new IllegalStateException(
          "Expected to publish " + kind + " of " + facts().job() + ", but its owner is not known");
    }
    learn(
        new JobChange.Published(
            event(kind, owner, failure == null ? facts().failure() : failure, detail)));
  }

  /** Tells that the results are gone; of a job that failed the event goes on telling why. */
  void publishDeletion(String reason) {
    publish(JobEvent.Kind.RESULTS_DELETED, null, reason);
  }

  private JobEvent event(
      JobEvent.Kind kind,
      JobFacts.Owner owner,
      @Nullable Failure failure,
      @Nullable String detail) {
    JobState state = JobLadder.stateAfter(kind, facts().state());
    JobCommand.Submit told = kind == JobEvent.Kind.SUBMITTED ? submission : null;
    return new JobEvent(
        facts().job(),
        facts().version() + 1,
        kind,
        state,
        owner.tenant(),
        owner.pool(),
        now,
        shownCounts(kind),
        told == null ? null : told.spec(),
        failure == null ? null : failure.code(),
        failure == null ? detail : failure.detail(),
        state.nativeWord(facts().shown()),
        facts().attemptsLost(),
        facts().retries(),
        told == null ? null : told.submittedAt(),
        told == null ? null : told.payload(),
        told == null ? null : told.payloadOmitted(),
        shownCancellation(kind, state),
        failure == null ? null : failure.code().recommendedAction(),
        null,
        kind == JobEvent.Kind.STAGE_COMPLETED ? facts().stages().completed() : null,
        facts().stopReason());
  }

  private JobEvent.@Nullable Cancellation shownCancellation(JobEvent.Kind kind, JobState state) {
    Cancellation cancellation = JobEvolution.cancellationAfter(facts(), kind, state, now);
    return cancellation == null
        ? null
        : new JobEvent.Cancellation(
            JobEvent.CancelState.valueOf(cancellation.state().name()),
            cancellation.reason(),
            cancellation.requestedAt(),
            cancellation.endedAt());
  }

  private @Nullable String detail(JobEvent.Kind kind) {
    Cancellation cancellation = facts().cancellation();
    if (kind != JobEvent.Kind.CANCELING) {
      return null;
    }
    return cancellation == null ? facts().stopReason() : cancellation.reason();
  }

  /** A rung that was passed on the way to a later one shows no more than what preceded it. */
  private TaskCounts shownCounts(JobEvent.Kind kind) {
    TaskCounts after = facts().counts();
    TaskCounts none = new TaskCounts(after.total(), 0, 0, 0, 0, 0);
    return switch (kind) {
      case SUBMITTED -> none;
      case BLOCKED -> none;
      case QUEUED -> facts().evidence().leased() ? before(none) : after;
      case ASSIGNED -> facts().evidence().started() ? before(none) : after;
      case RUNNING -> facts().allTasksEnded() ? before(none) : after;
      case PROGRESSED,
          STAGE_COMPLETED,
          CANCELING,
          CANCEL_REFUSED,
          FINALIZING,
          COMPLETED,
          PARTIAL,
          FAILED,
          CANCELLED,
          EXPIRED,
          RESULTS_DELETED ->
          after;
    };
  }

  private TaskCounts before(TaskCounts none) {
    return submission == null ? shownBefore.counts() : none;
  }
}
