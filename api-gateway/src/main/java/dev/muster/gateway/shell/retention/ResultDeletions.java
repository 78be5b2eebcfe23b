package dev.muster.gateway.shell.retention;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.job.SubmissionEvent.ResultsDeleted;
import dev.muster.gateway.retention.Keeping;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Deletes the results of jobs that have ended, and says whether they are there. */
@Singleton
public class ResultDeletions {
  private final Database database;
  private final OutboxRelay relay;
  private final RetentionReaper reaper;

  ResultDeletions(Database database, OutboxRelay relay, RetentionReaper reaper) {
    this.database = database;
    this.relay = relay;
    this.reaper = reaper;
  }

  /** Deletes results now: nobody gets them after this returns. Deleting twice is deleting once. */
  public void delete(String tenant, JobId job, @Nullable String traceparent) {
    boolean noted =
        database.transaction(tx -> {
          DeletionRepository.lock(tx, job);
          boolean isNew = DeletionRepository.note(tx, tenant, job);
          if (isNew) {
            announce(tx, List.of(job), ResultsDeleted.Reason.USER, traceparent);
          }
          return isNew;
        });
    if (noted) {
      relay.wake();
      reaper.wake();
    }
  }

  static void announce(
      Tx tx, List<JobId> jobs, ResultsDeleted.Reason reason, @Nullable String traceparent) {
    Instant now = tx.now();
    tx.send(
        jobs.stream()
            .map(job ->
                OutboxRow.of(
                    Topic.SUBMISSIONS,
                    job,
                    traceparent,
                    now,
                    List.<SubmissionEvent>of(new ResultsDeleted(job, reason))))
            .toList());
  }

  /** What becomes of the results of a job that has ended. */
  public Keeping keeping(String tenant, JobRepository.Found job) {
    Instant ended = Objects.requireNonNull(job.facts().times().ended());
    return database.transaction(
        tx -> DeletionRepository.keeping(tx, tenant, job.stored().id(), ended));
  }

  /**
   * Ends the request when the results of the job are deleted.
   *
   * @throws ProblemException 410
   */
  public void requireKept(JobRepository.Found job) {
    if (job.facts().state().isTerminal()
        && database.transaction(tx -> DeletionRepository.find(tx, job.stored().id())).isPresent()) {
      throw gone();
    }
  }

  /** The answer to who asks for deleted results. */
  public static ProblemException gone() {
    return new ProblemException(
        ProblemKind.RESULTS_DELETED, "Expected results of the job, but they are deleted");
  }
}
