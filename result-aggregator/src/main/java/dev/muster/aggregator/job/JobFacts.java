package dev.muster.aggregator.job;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a job. It exists from the first word about the job on, whoever says it;
 * nothing is published before the submission itself is known.
 *
 * @param job the job
 * @param owner whose it is; null until the submission is known
 * @param state the published state; {@code PLANNING} before the first event
 * @param shown the native API's word for it; while {@code CANCELING} the word before
 * @param version number of the last published event, 0 before the first
 * @param evidence what is known to have happened
 * @param counts where its tasks are
 * @param attemptsLost attempts that ended because their worker went away
 * @param retries attempts after which a task was tried again
 * @param milestones when it reached which rung
 * @param failure why it failed, wholly or in part
 * @param cancellation a user's wish to end it, if there was one
 * @param stages how far it is in its stages
 * @param stopReason why the rest of its tasks is not needed; null while it is
 */
public record JobFacts(
    JobId job,
    @Nullable Owner owner,
    JobState state,
    String shown,
    long version,
    Evidence evidence,
    TaskCounts counts,
    int attemptsLost,
    int retries,
    Milestones milestones,
    @Nullable Failure failure,
    @Nullable Cancellation cancellation,
    StageFacts stages,
    @Nullable String stopReason) {
  /**
   * Whose job it is and where it runs.
   *
   * @param tenant who owns it
   * @param pool the fleet that runs it
   */
  public record Owner(String tenant, String pool) {}

  /** A job that nothing was said of yet. */
  public static JobFacts unknown(JobId job) {
    return new JobFacts(
        job,
        null,
        JobState.PLANNING,
        JobState.PLANNING.nativeWord(""),
        0,
        Evidence.NONE,
        TaskCounts.ZERO,
        0,
        0,
        Milestones.NONE,
        null,
        null,
        StageFacts.ONE,
        null);
  }

  /** Whether the only step left is {@link JobCommand.Conclude}. */
  public boolean isReadyToConclude() {
    return state == JobState.FINALIZING || (state == JobState.CANCELING && evidence.stopped());
  }

  /** Whether its deadline passed while it went on; it ends by that, or has. */
  boolean isExpired() {
    return failure != null && failure.code() == ErrorCode.DEADLINE_EXCEEDED;
  }

  /**
   * Whether it runs, has a result, and may be stopped: what was cancelled, or has ended, goes its
   * own way.
   */
  public boolean mayStopEarly() {
    return state == JobState.RUNNING
        && stopReason == null
        && cancellation == null
        && counts.succeeded() > 0
        && !allTasksEnded();
  }

  /** Whether it is complete with what its tasks have done so far, and the rest is cancelled. */
  boolean isStoppedEarly() {
    return stopReason != null;
  }

  /** Whether all tasks of a stage succeeded that others come after. */
  boolean isStageComplete() {
    return stages.isEnd(counts.finished()) && counts.succeeded() == counts.finished();
  }

  /** Whether a stage has ended that others come after, and not all its tasks succeeded. */
  boolean isStageFailed() {
    return stages.isEnd(counts.finished()) && counts.succeeded() < counts.finished();
  }

  /** Whether every task of the job is terminal; false while their number is not known. */
  boolean allTasksEnded() {
    return counts.total() > 0 && counts.finished() == counts.total();
  }
}
