package dev.muster.dispatcher.task;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;

/** What happened to a task. */
public sealed interface TaskChange {
  /** An attempt got a lease. */
  record Leased(WorkerId worker, long incarnation, List<String> devices, Instant at)
      implements TaskChange {
    public Leased {
      devices = List.copyOf(devices);
    }
  }

  /** The command runs. */
  record Started(Instant at) implements TaskChange {}

  /** The lease came back unused. */
  record Returned() implements TaskChange {}

  /**
   * The attempt ended badly, another follows.
   *
   * @param end how it ended
   * @param delayMillis how long to wait
   * @param availableAt until when to wait
   * @param tally the history, this attempt included
   */
  record Retrying(AttemptEnd end, long delayMillis, Instant availableAt, Tally tally)
      implements TaskChange {}

  /** A gang's member succeeded; the others have not yet. */
  record Arrived(AttemptEnd end) implements TaskChange {}

  /** The wait is over. */
  record Woken() implements TaskChange {}

  /** The task has its result. */
  record Succeeded(AttemptEnd end) implements TaskChange {}

  /** The task failed for good. */
  record Failed(AttemptEnd end, Tally tally) implements TaskChange {}

  /** The holder must be told to stop. */
  record CancelRequested() implements TaskChange {}

  /**
   * The task will never run again.
   *
   * @param fenced whether a lease was taken away for it
   */
  record Cancelled(boolean fenced) implements TaskChange {}
}
