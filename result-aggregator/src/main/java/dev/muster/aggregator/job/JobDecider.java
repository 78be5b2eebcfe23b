package dev.muster.aggregator.job;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.job.TaskCounts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The job machine of K-01. Commands may come in any order and more than once: each adds what it
 * knows, then the job climbs as far as the facts carry it, one public event for every rung.
 */
public final class JobDecider {
  private JobDecider() {}

  /**
   * Decides a command. Total: every command in every state has an answer.
   *
   * @param now the deciding database's time
   */
  public static Decision decide(JobFacts facts, JobCommand command, Instant now) {
    if (facts.state().isTerminal()) {
      return afterTheEnd(facts, command, now);
    }
    return switch (command) {
      case JobCommand.Submit c -> submit(facts, c, now);
      case JobCommand.Plan c ->
          facts.evidence().planned()
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.Planned(c.taskCount()), now);
      case JobCommand.Block _ ->
          facts.evidence().blocked() || facts.evidence().planned() || facts.evidence().planFailed()
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.Blocked(), now);
      case JobCommand.FailPlan c ->
          facts.evidence().planFailed() || facts.evidence().planned()
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.PlanFailed(c.failure()), now);
      case JobCommand.RecordTasks c ->
          c.delta().equals(TaskDelta.NONE)
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.TasksMoved(c.delta()), now);
      case JobCommand.RequestCancel c ->
          facts.cancellation() != null
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.CancelRequested(c.reason(), now), now);
      case JobCommand.Expire c -> expire(facts, c, now);
      case JobCommand.StopEarly c ->
          facts.mayStopEarly()
              ? climbed(facts, new JobChange.StoppedEarly(c.reason()), now)
              : rejected(Rejection.NOT_READY);
      case JobCommand.Stop _ ->
          facts.evidence().stopped()
              ? rejected(Rejection.ALREADY_KNOWN)
              : climbed(facts, new JobChange.Stopped(), now);
      case JobCommand.DeleteResults _ -> rejected(Rejection.NOT_READY);
      case JobCommand.Conclude c ->
          facts.isReadyToConclude() ? conclude(facts, c, now) : rejected(Rejection.NOT_READY);
    };
  }

  /**
   * The job after a change.
   *
   * @throws IllegalStateException when the change cannot follow: the log is corrupt
   */
  public static JobFacts evolve(JobFacts facts, JobChange change) {
    return JobEvolution.after(facts, change);
  }

  private static Decision afterTheEnd(JobFacts facts, JobCommand command, Instant now) {
    if (command instanceof JobCommand.RequestCancel cancel && facts.cancellation() == null) {
      return new Decision.Accepted(
          List.of(
              new JobChange.CancelRequested(cancel.reason(), now),
              new JobChange.CancelFailed(now)));
    }
    if (command instanceof JobCommand.DeleteResults delete) {
      return facts.evidence().resultsDeleted()
          ? rejected(Rejection.ALREADY_KNOWN)
          : new Decision.Accepted(deleted(facts, delete, now));
    }
    return rejected(Rejection.JOB_OVER);
  }

  private static List<JobChange> deleted(
      JobFacts facts, JobCommand.DeleteResults command, Instant now) {
    Climb climb = new Climb(facts, null, now);
    climb.learn(new JobChange.ResultsDeleted());
    climb.publishDeletion(
        command.byOwner()
            ? "The results were deleted by their owner."
            : "The results were deleted: the plan keeps them no longer.");
    return climb.changes();
  }

  private static Decision submit(JobFacts facts, JobCommand.Submit command, Instant now) {
    if (facts.owner() != null) {
      return rejected(Rejection.ALREADY_KNOWN);
    }
    JobSpec spec = command.spec();
    Climb climb = new Climb(facts, command, now);
    climb.learn(
        new JobChange.Submitted(
            new JobFacts.Owner(spec.tenant(), spec.pool()),
            spec.taskCount(),
            command.submittedAt(),
            stageEnds(spec)));
    int missing = spec.carried().size() - command.carried();
    int leftOut = spec.skipped() == null ? 0 : spec.skipped().size();
    if (missing != 0) {
      climb.learn(new JobChange.PlanFailed(carriedMissing(spec, missing)));
    } else if (command.carried() > 0 || leftOut > 0) {
      climb.learn(new JobChange.TasksMoved(TaskDelta.settled(command.carried(), leftOut)));
    }
    return new Decision.Accepted(climb.up());
  }

  private static List<Integer> stageEnds(JobSpec spec) {
    List<Stages.Stage> stages = Stages.of(spec);
    return stages.size() == 1 ? List.of() : stages.stream().map(Stages.Stage::end).toList();
  }

  /** A job that ends already, by itself or by its user, is not ended by its deadline. */
  private static Decision expire(JobFacts facts, JobCommand.Expire command, Instant now) {
    if (facts.owner() == null || facts.state() == JobState.FINALIZING) {
      return rejected(Rejection.NOT_READY);
    }
    if (facts.state() == JobState.CANCELING) {
      return rejected(Rejection.ALREADY_KNOWN);
    }
    TaskCounts counts = facts.counts();
    return climbed(
        facts,
        new JobChange.DeadlinePassed(
            new Failure(
                ErrorCode.DEADLINE_EXCEEDED,
                "Expected all tasks to end by "
                    + command.deadline().truncatedTo(ChronoUnit.SECONDS)
                    + ", but "
                    + (counts.total() - counts.finished())
                    + " of "
                    + counts.total()
                    + " had not.")),
        now);
  }

  private static Failure carriedMissing(JobSpec spec, int missing) {
    return new Failure(
        ErrorCode.INTERNAL,
        "Expected to take over "
            + spec.carried().size()
            + " results of "
            + (spec.retryOf() == null ? "no job" : spec.retryOf().external())
            + ", but "
            + missing
            + " are not there.");
  }

  private static Decision climbed(JobFacts facts, JobChange learned, Instant now) {
    Climb climb = new Climb(facts, null, now);
    climb.learn(learned);
    return new Decision.Accepted(climb.up());
  }

  /**
   * K-03: all succeeded, some, none; open tasks of a job that was ended before count as cancelled.
   * Of a job that was stopped early nobody misses the cancelled ones.
   */
  private static Decision conclude(JobFacts facts, JobCommand.Conclude command, Instant now) {
    Climb climb = new Climb(facts, null, now);
    TaskCounts counts = facts.counts();
    if (facts.state() == JobState.CANCELING) {
      climb.cancelRest();
    }
    if (facts.state() == JobState.CANCELING && !facts.isStoppedEarly()) {
      climb.publish(
          facts.isExpired() ? JobEvent.Kind.EXPIRED : JobEvent.Kind.CANCELLED, facts.failure());
    } else if (counts.succeeded() == counts.total()
        || (facts.isStoppedEarly() && counts.failed() == 0)) {
      climb.publish(JobEvent.Kind.COMPLETED, null);
    } else {
      Failure failure = failure(counts, command.commonestError());
      climb.publish(counts.succeeded() > 0 ? JobEvent.Kind.PARTIAL : JobEvent.Kind.FAILED, failure);
    }
    return new Decision.Accepted(climb.changes());
  }

  private static Failure failure(TaskCounts counts, @Nullable ErrorCode commonest) {
    ErrorCode code = commonest == null ? ErrorCode.INTERNAL : commonest;
    return new Failure(
        code,
        counts.failed()
            + " of "
            + counts.total()
            + (counts.total() == 1 ? " task" : " tasks")
            + " failed; the most frequent error is "
            + code.word()
            + ".");
  }

  private static Decision rejected(Rejection reason) {
    return new Decision.Rejected(reason);
  }
}
