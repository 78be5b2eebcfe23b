package dev.muster.gateway.view;

import org.jspecify.annotations.Nullable;

/**
 * What a job came to, told at its end; of a job whose results are followed, what they come to so
 * far.
 *
 * @param counts how its tasks ended
 * @param summary the aggregate of the results
 * @param resultPersisted whether the results can be asked for
 * @param outputPersisted whether the output can be asked for
 * @param stopReason why the rest of its tasks was not needed
 * @param aggregates what was added up of its results
 */
public record JobSummary(
    String jobId,
    String status,
    JobView.Counts counts,
    @Nullable JsonText summary,
    @Nullable JsonText aggregateResult,
    boolean resultPersisted,
    boolean outputPersisted,
    @Nullable String stopReason,
    @Nullable AggregatesView aggregates) {
  /** The summary of a job. */
  public static JobSummary of(StoredJob job, JobFacts facts, @Nullable AggregatesView aggregates) {
    JobView view = JobView.of(job, facts);
    return new JobSummary(
        view.jobId(),
        view.status(),
        view.counts(),
        facts.summary(),
        facts.aggregate(),
        view.resultPersisted(),
        view.outputPersisted(),
        facts.stopReason(),
        aggregates);
  }
}
