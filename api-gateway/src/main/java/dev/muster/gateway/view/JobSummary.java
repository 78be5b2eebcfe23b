package dev.muster.gateway.view;

import org.jspecify.annotations.Nullable;

/**
 * What a job came to, told once at its end.
 *
 * @param counts how its tasks ended
 * @param summary the aggregate of the results
 * @param resultPersisted whether the results can be asked for
 * @param outputPersisted whether the output can be asked for
 */
public record JobSummary(
    String jobId,
    String status,
    JobView.Counts counts,
    @Nullable JsonText summary,
    @Nullable JsonText aggregateResult,
    boolean resultPersisted,
    boolean outputPersisted) {
  /** The summary of an ended job. */
  public static JobSummary of(StoredJob job, JobFacts facts) {
    JobView view = JobView.of(job, facts);
    return new JobSummary(
        view.jobId(),
        view.status(),
        view.counts(),
        facts.summary(),
        facts.aggregate(),
        view.resultPersisted(),
        view.outputPersisted());
  }
}
