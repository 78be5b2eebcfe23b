package dev.muster.gateway.view;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task as the API shows it.
 *
 * @param worker the alias of the worker that has its current attempt
 * @param latestProgress the newest document the command printed as progress (S2-22)
 * @param stage what the log of the running command says it does, or null
 * @param progress percent from 0 to 100, read from the same log, or null
 * @param progressSource {@code log} where {@code progress} is given
 * @param attempts the attempts that have ended, oldest first
 */
public record TaskView(
    String taskId,
    int index,
    String status,
    int attempt,
    @Nullable JsonText payload,
    @Nullable String worker,
    @Nullable JsonText latestProgress,
    @Nullable String stage,
    @Nullable Double progress,
    @Nullable String progressSource,
    @Nullable LiveFeedback liveFeedback,
    @Nullable Instant leasedAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Double runS,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    @Nullable String errorCode,
    @Nullable String error,
    @Nullable String recommendedAction,
    List<AttemptView> attempts,
    @Nullable AttemptView lastFailedAttempt,
    BigDecimal costUsd) {
  /**
   * What the running command wrote last.
   *
   * @param outputTail the end of its output
   * @param updatedAt when it came
   */
  public record LiveFeedback(String outputTail, @Nullable Instant updatedAt) {}
}
