package dev.muster.dispatcher.task;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.dispatcher.task.TaskState.Live;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides about one task: total, static, without clock, randomness or I/O. */
public final class TaskDecider {
  /** A task whose workers died this often is stopped, whatever its budget says. */
  public static final int DEATHS_MAX = 3;

  private TaskDecider() {}

  /** Checks whether a report comes from the holder of the current lease. */
  @FunctionalInterface
  interface Fence {
    /** Null when it does. */
    @Nullable Rejection check(TaskState state, long epoch);
  }

  /**
   * What follows from a command.
   *
   * @param now the database's time
   */
  public static Decision decide(TaskState state, TaskCommand command, Instant now) {
    return decide(state, command, now, TaskDecider::fence);
  }

  /** The same with another fence; tests show with it that the laws catch a missing one. */
  static Decision decide(TaskState state, TaskCommand command, Instant now, Fence fence) {
    if (command instanceof TaskCommand.Fenced fenced) {
      Rejection refused = fence.check(state, fenced.epoch());
      if (refused != null) {
        return Decision.reject(refused);
      }
    }
    return switch (command) {
      case TaskCommand.Lease lease -> lease(state, lease, now);
      case TaskCommand.Start start ->
          state instanceof TaskState.Leased
              ? Decision.accept(new TaskChange.Started(now))
              : wrong(state, command);
      case TaskCommand.Return back ->
          state instanceof TaskState.Leased leased
              ? Decision.accept(
                  leased.revoked() ? new TaskChange.Cancelled(false) : new TaskChange.Returned())
              : wrong(state, command);
      case TaskCommand.Finish finish -> finish(state, finish, now);
      case TaskCommand.Lose lose -> lose(state, lose, now);
      case TaskCommand.TimeOut timeOut -> timeOut(state, timeOut, now);
      case TaskCommand.Arrive arrive ->
          state instanceof Live
              ? Decision.accept(new TaskChange.Arrived(arrive.end()))
              : wrong(state, command);
      case TaskCommand.Withdraw withdraw ->
          state instanceof Live
              ? shared(state, withdraw.share(), withdraw.taken(), now)
              : wrong(state, command);
      case TaskCommand.GiveUp giveUp -> giveUp(state, giveUp, now);
      case TaskCommand.Conclude conclude ->
          state instanceof TaskState.GangWait wait
              ? Decision.accept(new TaskChange.Succeeded(wait.end()))
              : wrong(state, command);
      case TaskCommand.Wake wake -> wake(state, wake, now);
      case TaskCommand.Cancel cancel -> cancel(state, cancel);
      case TaskCommand.ForceCancel force ->
          state.isTerminal()
              ? wrong(state, command)
              : Decision.accept(new TaskChange.Cancelled(state instanceof Live));
    };
  }

  private static @Nullable Rejection fence(TaskState state, long epoch) {
    Tally tally = state.tally();
    if (epoch != tally.epoch() || tally.fenced()) {
      return new Rejection.StaleLease(epoch, tally.epoch());
    }
    return state instanceof Live ? null : new Rejection.AlreadyEnded(epoch);
  }

  private static Decision lease(TaskState state, TaskCommand.Lease lease, Instant now) {
    return state instanceof TaskState.Ready
        ? Decision.accept(
            new TaskChange.Leased(lease.worker(), lease.incarnation(), lease.devices(), now))
        : wrong(state, lease);
  }

  private static Decision finish(TaskState state, TaskCommand.Finish finish, Instant now) {
    if (!(state instanceof Live live)) {
      return wrong(state, finish);
    }
    AttemptEnd end = finish.end();
    RetryPolicy policy = finish.policy();
    return switch (end.status()) {
      case SUCCEEDED -> Decision.accept(new TaskChange.Succeeded(end));
      case FAILED, TIMED_OUT -> failed(live, end, policy, finish.jitter(), false, now);
      case LOST -> lost(live, end, policy, finish.jitter(), live.tally().lost(false, false), now);
      case CANCELLED ->
          live.revoked()
              ? Decision.accept(new TaskChange.Cancelled(false))
              : lost(live, end, policy, finish.jitter(), live.tally().lost(false, false), now);
    };
  }

  private static Decision lose(TaskState state, TaskCommand.Lose lose, Instant now) {
    if (!(state instanceof Live live)) {
      return wrong(state, lose);
    }
    AttemptEnd end = ended(AttemptEnd.Status.LOST, ErrorCode.WORKER_LOST, lose.reason());
    return lost(live, end, lose.policy(), lose.jitter(), live.tally().lost(true, true), now);
  }

  private static Decision timeOut(TaskState state, TaskCommand.TimeOut command, Instant now) {
    if (!(state instanceof Live live)) {
      return wrong(state, command);
    }
    AttemptEnd end =
        ended(
            AttemptEnd.Status.TIMED_OUT,
            ErrorCode.TIMEOUT,
            "The attempt ran past its timeout and its worker did not end it.");
    return failed(live, end, command.policy(), command.jitter(), true, now);
  }

  private static Decision failed(
      Live live, AttemptEnd end, RetryPolicy policy, double jitter, boolean taken, Instant now) {
    if (live.revoked() && taken) {
      return Decision.accept(new TaskChange.Cancelled(true));
    }
    Tally tally = live.tally().failed(taken);
    Integer exitCode = end.exitCode();
    boolean listed =
        policy.exitCodes().isEmpty() || (exitCode != null && policy.exitCodes().contains(exitCode));
    if (live.revoked() || !listed || tally.failures() > policy.userMax()) {
      return Decision.accept(new TaskChange.Failed(end, tally));
    }
    return retry(end, policy, tally.failures(), jitter, tally, now);
  }

  private static Decision lost(
      Live live, AttemptEnd end, RetryPolicy policy, double jitter, Tally tally, Instant now) {
    if (live.revoked()) {
      return Decision.accept(new TaskChange.Cancelled(tally.fenced()));
    }
    if (tally.deaths() >= DEATHS_MAX) {
      AttemptEnd last =
          ended(
              AttemptEnd.Status.LOST,
              ErrorCode.TASK_KILLS_WORKERS,
              "Expected a worker to outlive this task, but " + tally.deaths() + " went away.");
      return Decision.accept(new TaskChange.Failed(last, tally));
    }
    if (tally.losses() > policy.infrastructureMax()) {
      return Decision.accept(new TaskChange.Failed(end, tally));
    }
    return retry(end, policy, tally.losses(), jitter, tally, now);
  }

  private static Decision retry(
      AttemptEnd end, RetryPolicy policy, int retry, double jitter, Tally tally, Instant now) {
    long delay = Backoff.delayMillis(policy, retry, jitter);
    return Decision.accept(new TaskChange.Retrying(end, delay, now.plusMillis(delay), tally));
  }

  private static Decision giveUp(TaskState state, TaskCommand.GiveUp command, Instant now) {
    boolean failing = command.share().retryAt() == null;
    return switch (state) {
      case TaskState.GangWait w -> shared(state, command.share(), false, now);
      case TaskState.Ready r ->
          failing ? shared(state, command.share(), false, now) : wrong(state, command);
      case TaskState.RetryWait r ->
          failing ? shared(state, command.share(), false, now) : wrong(state, command);
      case Live l -> wrong(state, command);
      case TaskState.Succeeded s -> wrong(state, command);
      case TaskState.Failed f -> wrong(state, command);
      case TaskState.Cancelled c -> wrong(state, command);
    };
  }

  private static Decision shared(
      TaskState state, TaskCommand.GangShare share, boolean taken, Instant now) {
    Tally tally = state.tally().shared(share.losses(), share.failures(), taken);
    Instant at = share.retryAt();
    if (at == null) {
      return Decision.accept(new TaskChange.Failed(share.end(), tally));
    }
    long delay = Math.max(0, Duration.between(now, at).toMillis());
    return Decision.accept(new TaskChange.Retrying(share.end(), delay, at, tally));
  }

  private static Decision wake(TaskState state, TaskCommand command, Instant now) {
    if (!(state instanceof TaskState.RetryWait wait)) {
      return wrong(state, command);
    }
    return now.isBefore(wait.availableAt())
        ? Decision.reject(new Rejection.NotDue(wait.availableAt()))
        : Decision.accept(new TaskChange.Woken());
  }

  private static Decision cancel(TaskState state, TaskCommand command) {
    return switch (state) {
      case TaskState.Ready r -> Decision.accept(new TaskChange.Cancelled(false));
      case TaskState.RetryWait w -> Decision.accept(new TaskChange.Cancelled(false));
      case TaskState.GangWait w -> Decision.accept(new TaskChange.Cancelled(false));
      case Live live ->
          live.revoked()
              ? wrong(state, command)
              : Decision.accept(new TaskChange.CancelRequested());
      case TaskState.Succeeded s -> wrong(state, command);
      case TaskState.Failed f -> wrong(state, command);
      case TaskState.Cancelled c -> wrong(state, command);
    };
  }

  private static Decision wrong(TaskState state, TaskCommand command) {
    return Decision.reject(
        new Rejection.WrongState(
            state.getClass().getSimpleName(), command.getClass().getSimpleName()));
  }

  private static AttemptEnd ended(AttemptEnd.Status status, ErrorCode code, String error) {
    return new AttemptEnd(status, null, null, null, code, error, null, 0, 0);
  }

  /**
   * The state after a change.
   *
   * @throws IllegalStateException when the change cannot follow: the history is corrupt
   */
  public static TaskState evolve(TaskState state, TaskChange change) {
    return switch (change) {
      case TaskChange.Leased leased when state instanceof TaskState.Ready ->
          new TaskState.Leased(
              state.tally().leased(),
              leased.worker(),
              leased.incarnation(),
              leased.devices(),
              leased.at(),
              false);
      case TaskChange.Started started when state instanceof TaskState.Leased l ->
          new TaskState.Running(
              l.tally(),
              l.worker(),
              l.incarnation(),
              l.devices(),
              l.leasedAt(),
              started.at(),
              l.revoked());
      case TaskChange.Returned returned when state instanceof TaskState.Leased l ->
          new TaskState.Ready(l.tally());
      case TaskChange.Arrived arrived when state instanceof Live ->
          new TaskState.GangWait(state.tally(), arrived.end());
      case TaskChange.Retrying retrying
          when state instanceof Live || state instanceof TaskState.GangWait ->
          new TaskState.RetryWait(retrying.tally(), retrying.availableAt());
      case TaskChange.Woken woken when state instanceof TaskState.RetryWait ->
          new TaskState.Ready(state.tally());
      case TaskChange.Succeeded succeeded
          when state instanceof Live || state instanceof TaskState.GangWait ->
          new TaskState.Succeeded(state.tally());
      case TaskChange.Failed failed when !state.isTerminal() ->
          new TaskState.Failed(failed.tally());
      case TaskChange.CancelRequested requested when state instanceof Live live -> revoked(live);
      case TaskChange.Cancelled cancelled when !state.isTerminal() ->
          new TaskState.Cancelled(cancelled.fenced() ? state.tally().fencedOff() : state.tally());
      case TaskChange.Leased l -> throw corrupt(state, l);
      case TaskChange.Started s -> throw corrupt(state, s);
      case TaskChange.Returned r -> throw corrupt(state, r);
      case TaskChange.Arrived a -> throw corrupt(state, a);
      case TaskChange.Retrying r -> throw corrupt(state, r);
      case TaskChange.Woken w -> throw corrupt(state, w);
      case TaskChange.Succeeded s -> throw corrupt(state, s);
      case TaskChange.Failed f -> throw corrupt(state, f);
      case TaskChange.CancelRequested c -> throw corrupt(state, c);
      case TaskChange.Cancelled c -> throw corrupt(state, c);
    };
  }

  /** The state after several changes. */
  public static TaskState evolve(TaskState state, List<TaskChange> changes) {
    TaskState next = state;
    for (TaskChange change : changes) {
      next = evolve(next, change);
    }
    return next;
  }

  private static TaskState revoked(Live live) {
    return switch (live) {
      case TaskState.Leased l ->
          new TaskState.Leased(
              l.tally(), l.worker(), l.incarnation(), l.devices(), l.leasedAt(), true);
      case TaskState.Running r ->
          new TaskState.Running(
              r.tally(),
              r.worker(),
              r.incarnation(),
              r.devices(),
              r.leasedAt(),
              r.startedAt(),
              true);
    };
  }

  private static IllegalStateException corrupt(TaskState state, TaskChange change) {
    return new IllegalStateException(
        "Expected a change that can follow " + state + ", but it is " + change);
  }
}
