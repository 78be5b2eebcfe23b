package dev.muster.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.job.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended, as the worker saw it or, for {@code LOST}, as the dispatcher concluded.
 *
 * @param status the attempt's terminal state
 * @param result the result document, JSON text, when it succeeded
 * @param exitCode the command's exit code, when it exited
 * @param signal the signal that ended the command, when one did
 * @param errorCode why it failed, when it did
 * @param error one sentence for people, when it failed
 * @param outputTail the last 10 KiB of standard output and error, kept with failures
 * @param outputBytes all bytes the command wrote to standard output and error
 * @param runMillis from start to end by the worker's monotonic clock
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AttemptEnd(
    Status status,
    @Nullable String result,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    @Nullable ErrorCode errorCode,
    @Nullable String error,
    @Nullable String outputTail,
    long outputBytes,
    long runMillis) {
  /**
   * The terminal attempt states of K-02; {@code SUPERSEDED} is what a late report becomes and is
   * never reported itself.
   */
  public enum Status {
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    LOST,
    CANCELLED
  }
}
