package dev.muster.gateway.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A task as the API shows it. */
public record TaskView(
    String taskId,
    int index,
    String status,
    int attempt,
    @Nullable JsonText payload,
    @Nullable String worker,
    @Nullable JsonText latestProgress,
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
    JsonText attempts,
    @Nullable JsonText lastFailedAttempt) {
  /**
   * What the running command wrote last.
   *
   * @param outputTail the end of its output
   * @param updatedAt when it came
   */
  public record LiveFeedback(String outputTail, @Nullable Instant updatedAt) {}
}
