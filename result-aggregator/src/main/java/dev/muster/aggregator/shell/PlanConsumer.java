package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.Failure;
import dev.muster.aggregator.job.JobCommand;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Tx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Plans, as the planner made them; the tasks themselves are the dispatcher's. */
@ApplicationScoped
class PlanConsumer {
  private final RecordBatches batches;
  private final Concluder concluder;
  private final AggregatorMetrics metrics;

  PlanConsumer(RecordBatches batches, Concluder concluder, AggregatorMetrics metrics) {
    this.batches = batches;
    this.concluder = concluder;
    this.metrics = metrics;
  }

  /** Applies a batch; returns when it is committed. */
  void consume(ConsumerRecords<String, byte[]> records) {
    batches.run(Topic.PLANS, records, this::apply);
  }

  private Runnable apply(Tx tx, List<Decoded.Readable<PlanEvent>> messages) {
    TreeSet<JobId> ids = new TreeSet<>();
    for (var message : messages) {
      for (PlanEvent event : message.message().events()) {
        if (!(event instanceof PlanEvent.TasksPlanned)) {
          ids.add(event.job());
        }
      }
    }
    if (ids.isEmpty()) {
      return () -> {};
    }
    JobBatch batch = JobBatch.lock(tx, ids);
    for (var message : messages) {
      for (PlanEvent event : message.message().events()) {
        batch.because(event.job(), message);
        apply(batch, event);
      }
    }
    List<JobId> large = concluder.concludeSmall(tx, batch);
    batch.save();
    return () -> {
      concluder.later(large, batch);
      metrics.committed(batch);
    };
  }

  private static void apply(JobBatch batch, PlanEvent event) {
    switch (event) {
      case PlanEvent.JobPlanned e -> batch.apply(e.job(), new JobCommand.Plan(e.taskCount()));
      case PlanEvent.JobBlocked e -> batch.apply(e.job(), new JobCommand.Block());
      case PlanEvent.PlanFailed e ->
          batch.apply(e.job(), new JobCommand.FailPlan(new Failure(e.errorCode(), e.detail())));
      case PlanEvent.TasksPlanned _ -> {}
    }
  }
}
