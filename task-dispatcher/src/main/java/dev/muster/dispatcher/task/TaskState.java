package dev.muster.dispatcher.task;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a task is in its life. */
public sealed interface TaskState {
  /** What the task has been through. */
  Tally tally();

  /** Waits for a worker. */
  record Ready(Tally tally) implements TaskState {}

  /** An attempt holds a lease. */
  sealed interface Live extends TaskState {
    /** Who holds the lease. */
    WorkerId worker();

    /** The incarnation of the worker that got it. */
    long incarnation();

    /** UUIDs of the granted GPUs. */
    List<String> devices();

    /** When the lease was granted. */
    Instant leasedAt();

    /** Whether the holder was told to stop because the job is cancelled. */
    boolean revoked();
  }

  /**
   * Leased, the command has not started as far as is known.
   *
   * @param tally history, this lease included
   * @param worker who holds the lease
   * @param incarnation the incarnation that got it
   * @param devices UUIDs of the granted GPUs
   * @param leasedAt when it was granted
   * @param revoked whether the holder was told to stop
   */
  record Leased(
      Tally tally,
      WorkerId worker,
      long incarnation,
      List<String> devices,
      Instant leasedAt,
      boolean revoked)
      implements Live {
    public Leased {
      devices = List.copyOf(devices);
    }
  }

  /**
   * The command runs.
   *
   * @param tally history, this lease included
   * @param worker who holds the lease
   * @param incarnation the incarnation that got it
   * @param devices UUIDs of the granted GPUs
   * @param leasedAt when it was granted
   * @param startedAt when the start was heard of
   * @param revoked whether the holder was told to stop
   */
  record Running(
      Tally tally,
      WorkerId worker,
      long incarnation,
      List<String> devices,
      Instant leasedAt,
      Instant startedAt,
      boolean revoked)
      implements Live {
    public Running {
      devices = List.copyOf(devices);
    }
  }

  /**
   * Waits before the next try.
   *
   * @param tally history
   * @param availableAt when it may be leased again
   */
  record RetryWait(Tally tally, Instant availableAt) implements TaskState {}

  /**
   * A gang's member whose attempt succeeded; it has its result once all others have succeeded too.
   *
   * @param tally history
   * @param end how the attempt ended
   */
  record GangWait(Tally tally, AttemptEnd end) implements TaskState {}

  /** Has its result. */
  record Succeeded(Tally tally) implements TaskState {}

  /** Failed for good. */
  record Failed(Tally tally) implements TaskState {}

  /** Will never run (again), because its job was cancelled. */
  record Cancelled(Tally tally) implements TaskState {}

  /** Whether nothing can change it any more. */
  default boolean isTerminal() {
    return switch (this) {
      case Succeeded s -> true;
      case Failed f -> true;
      case Cancelled c -> true;
      case Ready r -> false;
      case Leased l -> false;
      case Running r -> false;
      case RetryWait w -> false;
      case GangWait w -> false;
    };
  }

  /** This state as a live one, or null when no attempt holds a lease. */
  default @Nullable Live live() {
    return this instanceof Live live ? live : null;
  }
}
