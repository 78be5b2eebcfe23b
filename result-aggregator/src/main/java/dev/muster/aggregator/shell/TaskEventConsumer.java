package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobCommand;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Pace;
import dev.muster.kit.PriceTable;
import dev.muster.kit.Tx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** What happened to tasks, as the dispatcher decided it. Each task ends once here. */
@ApplicationScoped
class TaskEventConsumer {
  private final PriceTable prices = new PriceTable();
  private final Pace pace = new Pace(Duration.ofMillis(10), 5);
  private final RecordBatches batches;
  private final Concluder concluder;
  private final AggregatorMetrics metrics;

  TaskEventConsumer(RecordBatches batches, Concluder concluder, AggregatorMetrics metrics) {
    this.batches = batches;
    this.concluder = concluder;
    this.metrics = metrics;
  }

  /** Applies a batch; returns when it is committed. */
  void consume(ConsumerRecords<String, byte[]> records) {
    batches.run(Topic.TASK_EVENTS, records, this::apply);
    pace.await();
  }

  private Runnable apply(Tx tx, List<Decoded.Readable<TaskEvent>> messages) {
    TreeSet<JobId> ids = new TreeSet<>();
    messages.forEach(message -> ids.add(new JobId(message.key())));
    TaskBatch tasks = TaskBatch.lock(tx, ids, messages);
    JobBatch batch = tasks.jobs();
    for (var message : messages) {
      JobId job = new JobId(message.key());
      batch.because(job, message);
      tasks.merge(job, message.message());
      for (TaskEvent event : message.message().events()) {
        if (event instanceof TaskEvent.AttemptMetered used) {
          batch.books().use(job, used, price(tx, used));
        }
      }
    }
    tasks.save();
    for (JobId job : ids) {
      batch.apply(job, new JobCommand.RecordTasks(tasks.delta(job)));
      tasks.foldInto(job);
      if (tasks.isStopped(job)) {
        batch.apply(job, new JobCommand.Stop());
      }
    }
    List<JobId> large = concluder.concludeSmall(tx, batch);
    batch.save();
    Instant toldAt = messages.getFirst().message().at();
    return () -> {
      concluder.later(large, batch);
      metrics.committed(batch);
      metrics.ignored(tasks.ignored());
      metrics.counted(tasks.succeeded(), tasks.failed(), toldAt, batch.now());
    };
  }

  private long price(Tx tx, TaskEvent.AttemptMetered used) {
    return prices.current(tx).attempt(used.devices(), used.cpus(), used.millis());
  }
}
