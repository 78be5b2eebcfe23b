package dev.muster.aggregator.task;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt that is over, as the history of its task keeps it.
 *
 * @param attempt the try, from 1
 * @param epoch its lease epoch
 * @param status how it ended
 * @param worker where it ran; null when the lease was never heard of
 * @param startedAt when its command started; null when it never did
 * @param endedAt when the dispatcher knew of the end
 * @param exitCode the command's exit code, when it exited
 * @param signal the signal that ended it, when one did
 * @param errorCode why it failed, when it did
 * @param error one sentence for people, when it failed
 * @param runMillis from start to end by the worker's clock
 */
public record EndedAttempt(
    int attempt,
    long epoch,
    AttemptEnd.Status status,
    @Nullable String worker,
    @Nullable Instant startedAt,
    Instant endedAt,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    @Nullable ErrorCode errorCode,
    @Nullable String error,
    long runMillis) {}
