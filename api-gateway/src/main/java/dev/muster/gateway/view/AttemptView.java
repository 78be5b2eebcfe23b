package dev.muster.gateway.view;

import org.jspecify.annotations.Nullable;

/**
 * An attempt that has ended, as the API shows it. What is not named here is not shown, whatever the
 * record of attempts holds.
 *
 * @param attempt its number within the task, from 1
 * @param status {@code succeeded}, {@code failed}, {@code timed_out}, {@code lost} or {@code
 *     cancelled}
 * @param worker the alias of the worker that had it
 * @param startedAt when its command started, ISO-8601
 * @param endedAt when it ended, ISO-8601
 * @param exitCode the command's exit code, when it exited
 * @param signal the signal that ended the command, when one did
 * @param errorCode why it failed, in a word
 * @param error why it failed, in a sentence
 * @param runS how long its command ran, in seconds
 * @param outputTail the end of its output; of the last failed attempt only
 */
public record AttemptView(
    int attempt,
    @Nullable String status,
    @Nullable String worker,
    @Nullable String startedAt,
    @Nullable String endedAt,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    @Nullable String errorCode,
    @Nullable String error,
    @Nullable Double runS,
    @Nullable String outputTail) {}
