package dev.muster.dispatcher.task;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be asked of a task. */
public sealed interface TaskCommand {
  /** A command of or about the holder of one lease; any other epoch is refused. */
  sealed interface Fenced extends TaskCommand {
    /** The lease it is about. */
    long epoch();
  }

  /** Placement: give the task to a worker. */
  record Lease(WorkerId worker, long incarnation, List<String> devices) implements TaskCommand {
    public Lease {
      devices = List.copyOf(devices);
    }
  }

  /** The holder: the command runs. */
  record Start(long epoch) implements Fenced {}

  /**
   * The holder: the attempt ended.
   *
   * @param epoch the lease
   * @param end how it ended
   * @param policy the job's budgets
   * @param jitter 0 to 1, spreads retries
   */
  record Finish(long epoch, AttemptEnd end, RetryPolicy policy, double jitter) implements Fenced {}

  /** The holder: gives the lease back, the command has not started. */
  record Return(long epoch) implements Fenced {}

  /**
   * The reaper: the holder is gone.
   *
   * @param epoch the lease
   * @param reason one sentence for the job's owner
   * @param policy the job's budgets
   * @param jitter 0 to 1, spreads retries
   */
  record Lose(long epoch, String reason, RetryPolicy policy, double jitter) implements Fenced {}

  /**
   * The back-stop: the holder lives, but the attempt is long past its timeout.
   *
   * @param epoch the lease
   * @param policy the job's budgets
   * @param jitter 0 to 1, spreads retries
   */
  record TimeOut(long epoch, RetryPolicy policy, double jitter) implements Fenced {}

  /**
   * The holder: the attempt of a gang's member succeeded.
   *
   * @param epoch the lease
   * @param end how it ended
   */
  record Arrive(long epoch, AttemptEnd end) implements Fenced {}

  /**
   * The gang: a live attempt is over because that of another member is.
   *
   * @param epoch the lease
   * @param share what becomes of the task
   * @param taken whether the holder did not say so itself
   */
  record Withdraw(long epoch, GangShare share, boolean taken) implements Fenced {}

  /**
   * The gang: a member that holds no lease shares the fate of another.
   *
   * @param share what becomes of the task
   */
  record GiveUp(GangShare share) implements TaskCommand {}

  /** The gang: every member has succeeded. */
  record Conclude() implements TaskCommand {}

  /**
   * The fate that members of a gang have in common.
   *
   * @param end what is said of the attempt
   * @param retryAt when the task may be leased again; null when it fails
   * @param losses the losses of the gang so far
   * @param failures its failures so far
   */
  record GangShare(AttemptEnd end, @Nullable Instant retryAt, int losses, int failures) {}

  /** The clock: a retry may be due. */
  record Wake() implements TaskCommand {}

  /** The job is cancelled. */
  record Cancel() implements TaskCommand {}

  /** The job is cancelled and the holder did not answer in time: fence it and go on. */
  record ForceCancel() implements TaskCommand {}
}
