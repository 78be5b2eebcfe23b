package dev.muster.gateway.view;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the result aggregator knows of a job.
 *
 * @param state its canonical state
 * @param shown the native word to show while it is being cancelled
 * @param version the number of its last event, 0 before the first
 * @param counts its tasks
 * @param attemptsLost attempts that ended with their worker
 * @param retries attempts beyond each task's first
 * @param times when it came into which state
 * @param errorCode why it failed, in a word
 * @param error why it failed, in a sentence
 * @param cancellation what became of a request to cancel it
 * @param summary counts and durations, JSON, set at the end
 * @param aggregate figures over all results, JSON, set at the end
 * @param resultsDeleted after the end: nobody gets its results any more
 * @param costNanos what its attempts have cost so far, in billionths of a US dollar
 * @param blockedOn jobs that it waits for and that have not ended; empty once it waits for none,
 *     and before anything was heard
 * @param stopReason why the rest of its tasks was not needed; null for all other jobs
 * @param live what was added up of its results so far; null for the past, and where nothing is
 *     followed
 * @param usualMillis what the last jobs of its kind took for each of their tasks, from the first
 *     start to the end; null when there were none, or nobody asked
 * @param readAt when it was so, by the database's clock; null for the past and before anything was
 *     heard
 */
public record JobFacts(
    JobState state,
    String shown,
    long version,
    TaskCounts counts,
    @Nullable Integer attemptsLost,
    @Nullable Integer retries,
    Times times,
    @Nullable String errorCode,
    @Nullable String error,
    @Nullable Cancellation cancellation,
    @Nullable JsonText summary,
    @Nullable JsonText aggregate,
    boolean resultsDeleted,
    long costNanos,
    List<JobId> blockedOn,
    @Nullable String stopReason,
    @Nullable JsonText live,
    @Nullable Double usualMillis,
    @Nullable Instant readAt) {
  public JobFacts {
    blockedOn = List.copyOf(blockedOn);
  }

  /** Before the aggregator has heard of the job. */
  public static JobFacts none(int total) {
    return none(total, List.of());
  }

  /** Before the aggregator has heard of a job that waits for these. */
  public static JobFacts none(int total, List<JobId> blockedOn) {
    return new JobFacts(
        JobState.PLANNING,
        "planning",
        0,
        new TaskCounts(total, 0, 0, 0, 0, 0),
        0,
        0,
        Times.NONE,
        null,
        null,
        null,
        null,
        null,
        false,
        0,
        blockedOn,
        null,
        null,
        null,
        null);
  }

  /** The same without what the numbered events do not tell. */
  public JobFacts withoutTally() {
    return new JobFacts(
        state,
        shown,
        version,
        counts,
        null,
        null,
        times,
        errorCode,
        error,
        cancellation,
        summary,
        aggregate,
        resultsDeleted,
        costNanos,
        blockedOn,
        stopReason,
        live,
        usualMillis,
        readAt);
  }

  /**
   * The facts of an ended job as they were at an earlier event after its end, or at the end.
   *
   * @param number of that event
   * @param deleted whether its results were deleted then
   */
  public JobFacts ended(long number, boolean deleted) {
    return new JobFacts(
        state,
        shown,
        number,
        counts,
        attemptsLost,
        retries,
        times,
        errorCode,
        error,
        cancellation,
        summary,
        aggregate,
        deleted,
        costNanos,
        blockedOn,
        stopReason,
        live,
        usualMillis,
        readAt);
  }

  /** The word of the native API for its state. */
  public String status() {
    return state.nativeWord(shown);
  }

  /**
   * When a job came into its states; null where it has not, or never did.
   *
   * @param queued its tasks were planned
   * @param assigned the first lease
   * @param started the first command ran
   * @param finalizing every task had ended
   * @param ended its last event
   */
  public record Times(
      @Nullable Instant queued,
      @Nullable Instant assigned,
      @Nullable Instant started,
      @Nullable Instant finalizing,
      @Nullable Instant ended) {
    static final Times NONE = new Times(null, null, null, null, null);
  }

  /**
   * A request to cancel the job.
   *
   * @param state {@code canceling}, {@code canceled} or {@code failed}
   * @param reason the user's words
   * @param requestedAt when the aggregator heard of it
   * @param endedAt when it was decided
   */
  public record Cancellation(
      String state,
      @Nullable String reason,
      @Nullable Instant requestedAt,
      @Nullable Instant endedAt) {}
}
