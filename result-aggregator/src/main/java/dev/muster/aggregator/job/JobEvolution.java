package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Applies changes to a job; what cannot follow is a bug and throws. */
final class JobEvolution {
  private JobEvolution() {}

  static JobFacts after(JobFacts facts, JobChange change) {
    return switch (change) {
      case JobChange.Submitted c -> submitted(facts, c);
      case JobChange.Planned c ->
          with(facts, facts.evidence().withPlan(), counted(facts.counts(), c.taskCount()));
      case JobChange.Blocked _ -> with(facts, facts.evidence().withBlock(), facts.counts());
      case JobChange.PlanFailed c ->
          failed(
              facts,
              facts.evidence().withPlanFailure(),
              facts.isExpired() ? Objects.requireNonNull(facts.failure()) : c.failure());
      case JobChange.DeadlinePassed c -> failed(facts, facts.evidence(), c.failure());
      case JobChange.TasksMoved c -> moved(facts, c.delta());
      case JobChange.CancelRequested c ->
          with(facts, new Cancellation(Cancellation.State.CANCELING, c.reason(), c.at(), null));
      case JobChange.CancelFailed c ->
          with(facts, settled(facts, Cancellation.State.FAILED, c.at()));
      case JobChange.StoppedEarly c -> stoppedEarly(facts, c.reason());
      case JobChange.Stopped _ -> with(facts, facts.evidence().withStop(), facts.counts());
      case JobChange.ResultsDeleted _ ->
          with(facts, facts.evidence().withDeletion(), facts.counts());
      case JobChange.Published c -> published(facts, c.event());
    };
  }

  private static JobFacts submitted(JobFacts facts, JobChange.Submitted change) {
    return new JobFacts(
        facts.job(),
        change.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        facts.evidence(),
        counted(facts.counts(), change.taskCount()),
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones().withCreated(change.at()),
        facts.failure(),
        facts.cancellation(),
        new StageFacts(change.stageEnds(), facts.stages().completed()),
        facts.stopReason());
  }

  private static TaskCounts counted(TaskCounts counts, int total) {
    return new TaskCounts(
        total,
        counts.leased(),
        counts.running(),
        counts.succeeded(),
        counts.failed(),
        counts.cancelled());
  }

  private static JobFacts failed(JobFacts facts, Evidence evidence, Failure failure) {
    return new JobFacts(
        facts.job(),
        facts.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        evidence,
        facts.counts(),
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones(),
        failure,
        facts.cancellation(),
        facts.stages(),
        facts.stopReason());
  }

  private static JobFacts moved(JobFacts facts, TaskDelta delta) {
    TaskCounts c = facts.counts();
    TaskCounts counts =
        new TaskCounts(
            c.total(),
            c.leased() + delta.leased(),
            c.running() + delta.running(),
            c.succeeded() + delta.succeeded(),
            c.failed() + delta.failed(),
            c.cancelled() + delta.cancelled());
    if (counts.leased() < 0
        || counts.running() < 0
        || (counts.total() > 0 && counts.pending() < 0)) {
      throw new IllegalStateException(
          "Expected counts of "
              + facts.job()
              + " that add up, but "
              + delta
              + " makes them "
              + counts);
    }
    return new JobFacts(
        facts.job(),
        facts.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        facts.evidence().withTasks(delta.leaseSeen(), delta.startSeen()),
        counts,
        facts.attemptsLost() + delta.lost(),
        facts.retries() + delta.retries(),
        facts.milestones(),
        facts.failure(),
        facts.cancellation(),
        facts.stages(),
        facts.stopReason());
  }

  private static JobFacts with(JobFacts facts, Evidence evidence, TaskCounts counts) {
    return new JobFacts(
        facts.job(),
        facts.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        evidence,
        counts,
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones(),
        facts.failure(),
        facts.cancellation(),
        facts.stages(),
        facts.stopReason());
  }

  private static JobFacts with(JobFacts facts, @Nullable Cancellation cancellation) {
    return new JobFacts(
        facts.job(),
        facts.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        facts.evidence(),
        facts.counts(),
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones(),
        facts.failure(),
        cancellation,
        facts.stages(),
        facts.stopReason());
  }

  private static JobFacts stoppedEarly(JobFacts facts, String reason) {
    return new JobFacts(
        facts.job(),
        facts.owner(),
        facts.state(),
        facts.shown(),
        facts.version(),
        facts.evidence(),
        facts.counts(),
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones(),
        facts.failure(),
        facts.cancellation(),
        facts.stages(),
        reason);
  }

  private static @Nullable Cancellation settled(
      JobFacts facts, Cancellation.State outcome, Instant at) {
    Cancellation cancellation = facts.cancellation();
    return cancellation == null ? null : cancellation.settled(outcome, at);
  }

  private static JobFacts published(JobFacts facts, JobEvent event) {
    boolean over = facts.state().isTerminal() && event.kind() != JobEvent.Kind.RESULTS_DELETED;
    if (event.seq() != facts.version() + 1 || over) {
      throw new IllegalStateException(
          "Expected event "
              + (facts.version() + 1)
              + " of "
              + facts.job()
              + " in a state that goes on, but got event "
              + event.seq()
              + " in "
              + facts.state());
    }
    ErrorCode code = event.errorCode();
    String detail = event.detail();
    return new JobFacts(
        facts.job(),
        facts.owner(),
        event.state(),
        event.state().nativeWord(facts.shown()),
        event.seq(),
        facts.evidence(),
        facts.counts(),
        facts.attemptsLost(),
        facts.retries(),
        facts.milestones().after(event),
        code == null || detail == null ? facts.failure() : new Failure(code, detail),
        cancellationAfter(facts, event.kind(), event.state(), event.at()),
        event.kind() == JobEvent.Kind.STAGE_COMPLETED ? facts.stages().next() : facts.stages(),
        facts.stopReason());
  }

  /** The wish to end the job as it stands after an event. */
  static @Nullable Cancellation cancellationAfter(
      JobFacts facts, JobEvent.Kind kind, JobState state, Instant at) {
    Cancellation cancellation = facts.cancellation();
    if (cancellation == null || cancellation.state() != Cancellation.State.CANCELING) {
      return cancellation;
    }
    if (state == JobState.CANCELLED) {
      return cancellation.settled(Cancellation.State.CANCELED, at);
    }
    return kind == JobEvent.Kind.CANCEL_REFUSED
        ? cancellation.settled(Cancellation.State.FAILED, at)
        : cancellation;
  }
}
