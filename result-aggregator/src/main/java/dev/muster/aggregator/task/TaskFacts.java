package dev.muster.aggregator.task;

import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one task. The result document itself is in {@code end} only in the batch that
 * brings it; it is never read back.
 *
 * @param state its state (K-02)
 * @param attempt the newest attempt heard of, 0 before the first
 * @param epoch the newest lease epoch heard of, 0 before the first
 * @param worker who has the newest lease, or had it at the end
 * @param leasedAt when the newest lease was given
 * @param startedAt when its command started
 * @param endedAt when the task ended for good
 * @param end how the last attempt ended, once the task is terminal
 * @param history attempts that are over, oldest first
 * @param lastFailed the newest attempt that ended badly
 * @param lastFailedTail the end of that attempt's output
 */
public record TaskFacts(
    TaskState state,
    int attempt,
    long epoch,
    @Nullable String worker,
    @Nullable Instant leasedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable AttemptEnd end,
    List<EndedAttempt> history,
    @Nullable EndedAttempt lastFailed,
    @Nullable String lastFailedTail) {
  /** A task that nothing was said of yet. */
  public static final TaskFacts PENDING =
      new TaskFacts(TaskState.PENDING, 0, 0, null, null, null, null, null, List.of(), null, null);

  public TaskFacts {
    history = List.copyOf(history);
  }
}
