package dev.muster.gateway.view;

import dev.muster.gateway.progress.LogProgress;
import org.jspecify.annotations.Nullable;

/**
 * The compact progress of a running job (S4-02 to S4-07): of the running task that wrote last.
 * Everything but the job's id is null when the job does not run or nothing is known.
 *
 * @param jobId the job
 * @param stage what the log says the command does
 * @param lastLog the last line of the log, at most 80 characters
 * @param progress percent from 0 to 100, read from the log
 * @param progressSource {@code log} where {@code progress} is given
 * @param index the task whose log it is
 */
public record InlineProgressView(
    String jobId,
    @Nullable String stage,
    @Nullable String lastLog,
    @Nullable Double progress,
    @Nullable String progressSource,
    @Nullable Integer index) {
  /** Of a job whose running commands have written nothing, or that does not run. */
  public static InlineProgressView none(String jobId) {
    return new InlineProgressView(jobId, null, null, null, null, null);
  }

  /** What the log of a task says. */
  public static InlineProgressView of(String jobId, int index, LogProgress log) {
    return new InlineProgressView(
        jobId,
        log.stage(),
        log.lastLog(),
        log.progress(),
        log.progress() == null ? null : LogProgress.SOURCE,
        index);
  }
}
