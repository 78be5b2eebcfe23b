package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobCommand;
import dev.muster.aggregator.live.LiveFold;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Tx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Submissions and cancellations, as the gateway accepted them. */
@ApplicationScoped
class SubmissionConsumer {
  private final RecordBatches batches;
  private final Concluder concluder;
  private final ResultPurger purger;
  private final AggregatorMetrics metrics;
  private final TaskRepository tasks = new TaskRepository();

  SubmissionConsumer(
      RecordBatches batches, Concluder concluder, ResultPurger purger, AggregatorMetrics metrics) {
    this.batches = batches;
    this.concluder = concluder;
    this.purger = purger;
    this.metrics = metrics;
  }

  /** Applies a batch; returns when it is committed. */
  void consume(ConsumerRecords<String, byte[]> records) {
    batches.run(Topic.SUBMISSIONS, records, this::apply);
  }

  private Runnable apply(Tx tx, List<Decoded.Readable<SubmissionEvent>> messages) {
    TreeSet<JobId> ids = new TreeSet<>();
    List<SubmissionEvent.CreditGranted> grants = new ArrayList<>();
    for (var message : messages) {
      for (SubmissionEvent event : message.message().events()) {
        switch (event) {
          case SubmissionEvent.JobSubmitted _,
              SubmissionEvent.JobCancelRequested _,
              SubmissionEvent.ResultsDeleted _,
              SubmissionEvent.JobReplayRequested _,
              SubmissionEvent.JobRebuildRequested _,
              SubmissionEvent.CreditHeld _ ->
              ids.add(event.job());
          case SubmissionEvent.CreditGranted e -> grants.add(e);
          // The items are the planner's.
          case SubmissionEvent.JobItemsListed _ -> {}
        }
      }
    }
    if (ids.isEmpty()) {
      return granted(tx, grants);
    }
    JobBatch batch = JobBatch.lock(tx, ids);
    grants.forEach(batch.books()::grant);
    for (var message : messages) {
      for (SubmissionEvent event : message.message().events()) {
        if (ids.contains(event.job())) {
          batch.because(event.job(), message);
        }
        apply(tx, batch, event);
      }
    }
    List<JobId> large = concluder.concludeSmall(tx, batch);
    batch.save();
    boolean deleted =
        batch.events().stream().anyMatch(event -> event.kind() == JobEvent.Kind.RESULTS_DELETED);
    return () -> {
      concluder.later(large, batch);
      metrics.committed(batch);
      if (deleted) {
        purger.wake();
      }
    };
  }

  private void apply(Tx tx, JobBatch batch, SubmissionEvent event) {
    switch (event) {
      case SubmissionEvent.JobSubmitted e -> {
        if (batch.facts(e.job()).owner() == null) {
          int carried = carry(tx, e.job(), e.spec());
          if (e.spec().callbackUrl() != null) {
            batch.callBack(e.job(), e.spec().callbackUrl());
          }
          batch.work(e.job(), WorkDigest.of(e.spec()));
          if (e.spec().design() != null) {
            batch.design(e.job(), e.spec().design());
          }
          Instant deadline = e.spec().deadline(e.submittedAt());
          if (deadline != null) {
            batch.due(e.job(), deadline);
          }
          batch.apply(
              e.job(),
              new JobCommand.Submit(
                  e.spec(), e.submittedAt(), carried, e.payload(), e.payloadOmitted()));
          foldKnown(tx, batch, e.job());
        }
      }
      case SubmissionEvent.JobCancelRequested e ->
          batch.apply(e.job(), new JobCommand.RequestCancel(e.reason()));
      case SubmissionEvent.ResultsDeleted e ->
          batch.apply(
              e.job(),
              new JobCommand.DeleteResults(
                  e.reason() == SubmissionEvent.ResultsDeleted.Reason.USER));
      case SubmissionEvent.CreditHeld e -> batch.books().hold(e);
      case SubmissionEvent.JobReplayRequested e -> JobEventResend.send(tx, e.job());
      case SubmissionEvent.JobRebuildRequested e -> Conclusion.anew(tx, batch, e.job());
      // The items are the planner's, and grants were taken with the batch.
      case SubmissionEvent.JobItemsListed _, SubmissionEvent.CreditGranted _ -> {}
    }
  }

  /** Results that were there before it was known what is followed of them, or were taken over. */
  private static void foldKnown(Tx tx, JobBatch batch, JobId job) {
    LiveFold fold = LiveFold.of(batch.design(job));
    if (fold != null && batch.facts(job).counts().succeeded() > 0) {
      LiveResults.addAll(tx, job, fold);
      batch.fold(job, fold);
    }
  }

  /** Grants without a job beside them. */
  private static Runnable granted(Tx tx, List<SubmissionEvent.CreditGranted> grants) {
    if (!grants.isEmpty()) {
      Books books = new Books(tx, tx.now());
      grants.forEach(books::grant);
      books.save(
          List.of(),
          job -> {
            throw new IllegalStateException("Expected grants alone, but there is " + job);
          });
    }
    return () -> {};
  }

  private int carry(Tx tx, JobId job, JobSpec spec) {
    JobId from = spec.retryOf();
    return from == null || spec.carried().isEmpty()
        ? 0
        : tasks.carry(tx, job, from, spec.tenant(), spec.carried());
  }
}
