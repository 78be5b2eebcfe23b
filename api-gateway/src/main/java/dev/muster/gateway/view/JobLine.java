package dev.muster.gateway.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as the streams of many jobs tell it: what changes and what tells it apart, without its
 * payload and command.
 *
 * @param summary the aggregate of its results, once it has ended
 */
public record JobLine(
    String jobId,
    String status,
    String canonicalState,
    String type,
    @Nullable String project,
    @Nullable String clientRef,
    List<String> tags,
    @Nullable JsonText meta,
    @Nullable String variant,
    @Nullable String retryOf,
    double progress,
    JobView.Counts counts,
    Instant createdAt,
    @Nullable Instant queuedAt,
    @Nullable Instant assignedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finalizingAt,
    @Nullable Instant endedAt,
    long version,
    @Nullable String errorCode,
    @Nullable String error,
    @Nullable String recommendedAction,
    JobFacts.@Nullable Cancellation cancellation,
    @Nullable JsonText summary,
    boolean partialResults,
    boolean resultPersisted,
    boolean outputPersisted) {

  /** The job with these facts. */
  public static JobLine of(StoredJob job, JobFacts facts) {
    JobView view = JobView.of(job, facts);
    return new JobLine(
        view.jobId(),
        view.status(),
        view.canonicalState(),
        view.type(),
        view.project(),
        view.clientRef(),
        view.tags(),
        view.meta(),
        view.variant(),
        view.retryOf(),
        view.progress(),
        view.counts(),
        view.createdAt(),
        view.queuedAt(),
        view.assignedAt(),
        view.startedAt(),
        view.finalizingAt(),
        view.endedAt(),
        view.version(),
        view.errorCode(),
        view.error(),
        view.recommendedAction(),
        view.cancellation(),
        facts.summary(),
        view.partialResults(),
        view.resultPersisted(),
        view.outputPersisted());
  }
}
