package dev.muster.gateway.view;

import dev.muster.contracts.job.JobState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job's results as the API shows them, one page of tasks at a time. */
public record ResultsView(
    String jobId,
    String status,
    String canonicalState,
    Completeness completeness,
    @Nullable JsonText summary,
    @Nullable JsonText aggregateResult,
    List<TaskResult> taskResults,
    @Nullable JsonText meta,
    @Nullable String variant,
    JsonText payload,
    boolean resultPersisted,
    boolean outputPersisted,
    @Nullable String nextCursor,
    boolean hasMore) {
  /**
   * How much of the job is there.
   *
   * @param missing tasks that have not ended
   * @param complete whether every task succeeded and the job has ended
   */
  public record Completeness(
      int total, int succeeded, int failed, int cancelled, int missing, boolean complete) {}

  /**
   * What one task came to.
   *
   * @param attempts how many there were
   * @param attempt the one that counted
   * @param runS how long its command ran, in seconds
   * @param variant the strategy of a benchmark, else the job's own
   * @param artifactIds the files that it left, when it succeeded
   */
  public record TaskResult(
      int index,
      String status,
      @Nullable JsonText result,
      int attempts,
      int attempt,
      @Nullable String errorCode,
      @Nullable String error,
      @Nullable Double runS,
      @Nullable String variant,
      List<String> artifactIds) {
    public TaskResult {
      artifactIds = List.copyOf(artifactIds);
    }
  }

  /** One page. */
  public static ResultsView of(
      StoredJob job, JobFacts facts, List<TaskResult> page, @Nullable String nextCursor) {
    JobView view = JobView.of(job, facts);
    return new ResultsView(
        view.jobId(),
        view.status(),
        view.canonicalState(),
        new Completeness(
            view.counts().total(),
            view.counts().succeeded(),
            view.counts().failed(),
            view.counts().cancelled(),
            view.counts().total()
                - view.counts().succeeded()
                - view.counts().failed()
                - view.counts().cancelled(),
            facts.state() == JobState.COMPLETED),
        facts.summary(),
        facts.aggregate(),
        page,
        view.meta(),
        view.variant(),
        view.payload(),
        view.resultPersisted(),
        view.outputPersisted(),
        nextCursor,
        nextCursor != null);
  }
}
