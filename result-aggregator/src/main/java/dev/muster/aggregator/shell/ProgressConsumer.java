package dev.muster.aggregator.shell;

import dev.muster.aggregator.output.OutputMerge;
import dev.muster.aggregator.output.OutputState;
import dev.muster.contracts.Topic;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Output and progress of running attempts, straight from the workers: best effort, on a channel of
 * its own so that it never delays a result.
 */
@ApplicationScoped
class ProgressConsumer {
  /** Rows are written in this order by every instance, so that none waits for another in a ring. */
  private static final Comparator<TaskKey> ORDER =
      Comparator.comparing(TaskKey::job).thenComparingInt(TaskKey::index);

  private final RecordBatches batches;
  private final OutputRepository repository = new OutputRepository();

  ProgressConsumer(RecordBatches batches) {
    this.batches = batches;
  }

  @Incoming("progress")
  @Blocking
  void consume(ConsumerRecords<String, byte[]> records) {
    batches.run(Topic.PROGRESS, records, this::apply);
  }

  private Runnable apply(Tx tx, List<Decoded.Readable<ProgressEvent>> messages) {
    TreeSet<TaskKey> keys = new TreeSet<>(ORDER);
    for (var message : messages) {
      message.message().events().forEach(event -> keys.add(key(event)));
    }
    Map<TaskKey, OutputState> known = repository.lock(tx, keys);
    SortedMap<TaskKey, OutputState> changed = new TreeMap<>(ORDER);
    for (var message : messages) {
      for (ProgressEvent event : message.message().events()) {
        TaskKey key = key(event);
        OutputState before = changed.getOrDefault(key, known.getOrDefault(key, OutputState.NONE));
        OutputState after = OutputMerge.merge(before, event);
        if (after != before) {
          changed.put(key, after);
        }
      }
    }
    repository.save(tx, changed, known);
    return () -> {};
  }

  private static TaskKey key(ProgressEvent event) {
    return new TaskKey(event.attempt().job(), event.attempt().index());
  }
}
