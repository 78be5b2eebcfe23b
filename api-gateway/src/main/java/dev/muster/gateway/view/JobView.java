package dev.muster.gateway.view;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API shows it. What is null is shown as null, so that a reader sees every field there
 * is; only what not every job has is left out where there is none: callback_url, deadline_s, that
 * it was stopped early, and what was added up of its results.
 */
public record JobView(
    String jobId,
    String status,
    String canonicalState,
    String type,
    @Nullable String project,
    @Nullable String clientRef,
    List<String> tags,
    @Nullable JsonText meta,
    @Nullable String variant,
    JsonText payload,
    @Nullable String payloadOmitted,
    List<String> runnerCommand,
    Map<String, Object> requirements,
    @Nullable Map<String, Object> fanOut,
    @Nullable Map<String, Object> design,
    @Nullable Map<String, Object> gang,
    @Nullable Integer batchSize,
    String pool,
    int priority,
    int timeoutS,
    @Nullable Integer deadlineS,
    Map<String, Object> retries,
    @Nullable String retryOf,
    @Nullable List<String> dependsOn,
    @Nullable String dependsOnPolicy,
    @Nullable List<String> blockedOn,
    @Nullable String callbackUrl,
    double progress,
    Counts counts,
    @Nullable Integer attemptsLost,
    @Nullable Integer retriesUsed,
    Instant createdAt,
    @Nullable Instant queuedAt,
    @Nullable Instant assignedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finalizingAt,
    @Nullable Instant endedAt,
    @Nullable Instant estimatedCompletion,
    long version,
    @Nullable String errorCode,
    @Nullable String error,
    @Nullable String recommendedAction,
    JobFacts.@Nullable Cancellation cancellation,
    boolean partialResults,
    boolean resultPersisted,
    boolean outputPersisted,
    BigDecimal costUsd,
    @Nullable Boolean stoppedEarly,
    @Nullable String stopReason,
    @Nullable AggregatesView aggregates) {

  /** How many tasks are where. */
  public record Counts(
      int total, int pending, int leased, int running, int succeeded, int failed, int cancelled) {
    static Counts of(TaskCounts counts) {
      return new Counts(
          counts.total(),
          counts.pending(),
          counts.leased(),
          counts.running(),
          counts.succeeded(),
          counts.failed(),
          counts.cancelled());
    }
  }

  /** The job as it is now, without what was added up of its results. */
  public static JobView of(StoredJob job, JobFacts facts) {
    return of(job, facts, null);
  }

  /** The job as it is now. */
  public static JobView of(StoredJob job, JobFacts facts, @Nullable AggregatesView aggregates) {
    JobSpec spec = job.spec();
    JobState state = facts.state();
    TaskCounts counts =
        facts.counts().total() == 0
            ? new TaskCounts(spec.taskCount(), 0, 0, 0, 0, 0)
            : facts.counts();
    JobFacts.Times times = facts.times();
    return new JobView(
        job.id().external(),
        facts.status(),
        state.name(),
        spec.type(),
        spec.project(),
        spec.clientRef(),
        spec.tags(),
        JsonText.of(spec.meta()),
        spec.variant(),
        job.payload(),
        job.omitted(),
        spec.runnerCommand(),
        Specs.requirements(spec.requirements()),
        Specs.fanOut(spec.fanOut()),
        Specs.design(spec.design()),
        Specs.gang(spec),
        spec.batchSize() == 0 ? null : spec.batchSize(),
        spec.pool(),
        spec.priority(),
        spec.timeoutSeconds(),
        spec.deadlineSeconds(),
        Specs.retries(spec.retry()),
        external(spec.retryOf()),
        spec.dependsOn() == null ? null : external(spec.dependsOn().jobs()),
        spec.dependsOn() == null ? null : spec.dependsOn().policy().word(),
        facts.blockedOn().isEmpty() ? null : external(facts.blockedOn()),
        spec.callbackUrl(),
        progress(counts),
        Counts.of(counts),
        facts.attemptsLost(),
        facts.retries(),
        job.createdAt(),
        times.queued(),
        times.assigned(),
        times.started(),
        times.finalizing(),
        times.ended(),
        estimate(spec, facts, counts),
        facts.version(),
        facts.errorCode(),
        facts.error(),
        recommendedAction(facts.errorCode()),
        facts.cancellation(),
        counts.succeeded() > 0 && state.isTerminal() && state != JobState.COMPLETED,
        state.isTerminal() && !facts.resultsDeleted(),
        state.isTerminal() && !facts.resultsDeleted(),
        Money.dollars(facts.costNanos()),
        facts.stopReason() == null ? null : true,
        facts.stopReason(),
        aggregates);
  }

  private static @Nullable Instant estimate(JobSpec spec, JobFacts facts, TaskCounts counts) {
    Instant readAt = facts.readAt();
    return readAt == null || facts.state() != JobState.RUNNING
        ? null
        : Estimate.completion(
            counts, spec.settled().size(), facts.times().started(), readAt, facts.usualMillis());
  }

  /**
   * The facts as they were right after an event: what came later is taken away. After the end only
   * one thing may still come, that the results are deleted.
   *
   * @param facts the facts at the event or later
   */
  public static JobFacts asOf(JobEvent event, JobFacts facts) {
    if (event.state().isTerminal()) {
      return facts.ended(event.seq(), event.kind() == JobEvent.Kind.RESULTS_DELETED);
    }
    Instant at = event.at();
    JobFacts.Times times = facts.times();
    @Nullable String word = event.status();
    boolean whole = word != null; // events of the first days said less
    String before = word == null ? facts.shown() : word;
    String shown = event.state() == JobState.CANCELING ? before : event.state().nativeWord("");
    return new JobFacts(
        event.state(),
        shown,
        event.seq(),
        event.counts(),
        whole ? Integer.valueOf(event.attemptsLost()) : facts.attemptsLost(),
        whole ? Integer.valueOf(event.retriesUsed()) : facts.retries(),
        new JobFacts.Times(
            known(times.queued(), at, event, JobEvent.Kind.QUEUED),
            known(times.assigned(), at, event, JobEvent.Kind.ASSIGNED),
            known(times.started(), at, event, JobEvent.Kind.RUNNING),
            known(times.finalizing(), at, event, JobEvent.Kind.FINALIZING),
            null),
        null,
        null,
        whole ? told(event.cancellation()) : cancellationAt(facts.cancellation(), at),
        null,
        null,
        false,
        Objects.requireNonNullElse(event.costNanos(), facts.costNanos()),
        event.state().rank() <= JobState.BLOCKED.rank() ? facts.blockedOn() : List.of(),
        event.stopReason(),
        null,
        null,
        null);
  }

  private static JobFacts.@Nullable Cancellation told(JobEvent.@Nullable Cancellation wish) {
    return wish == null
        ? null
        : new JobFacts.Cancellation(
            wish.state().name().toLowerCase(Locale.ROOT),
            wish.reason(),
            wish.requestedAt(),
            wish.endedAt());
  }

  private static JobFacts.@Nullable Cancellation cancellationAt(
      JobFacts.@Nullable Cancellation now, Instant at) {
    if (now == null || now.requestedAt() == null || now.requestedAt().isAfter(at)) {
      return null;
    }
    boolean decided = now.endedAt() != null && !now.endedAt().isAfter(at);
    return decided
        ? now
        : new JobFacts.Cancellation("canceling", now.reason(), now.requestedAt(), null);
  }

  private static @Nullable Instant known(
      @Nullable Instant time, Instant at, JobEvent event, JobEvent.Kind kind) {
    if (event.kind() == kind) {
      return at;
    }
    return time != null && !time.isAfter(at) ? time : null;
  }

  private static double progress(TaskCounts counts) {
    return counts.total() == 0 ? 0 : (double) counts.finished() / counts.total();
  }

  private static List<String> external(List<JobId> ids) {
    return ids.stream().map(JobId::external).toList();
  }

  private static @Nullable String external(@Nullable JobId id) {
    return id == null ? null : id.external();
  }

  /** What the owner can do about an error code, if anything is known about it. */
  public static @Nullable String recommendedAction(@Nullable String errorCode) {
    if (errorCode == null) {
      return null;
    }
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(errorCode.toUpperCase(Locale.ROOT))) {
        return code.recommendedAction();
      }
    }
    return null;
  }
}
