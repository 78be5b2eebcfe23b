package dev.muster.dispatcher.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What planner, aggregator and workers do on the bus, by hand; reads what the dispatcher says. */
final class TestBus implements AutoCloseable {
  final Map<JobId, List<TaskEvent>> events = new ConcurrentHashMap<>();
  final Map<String, List<MailEvent>> mail = new ConcurrentHashMap<>();
  private final Set<String> told = new HashSet<>();
  private final KafkaProducer<String, byte[]> producer;
  private final Thread reader;
  private volatile boolean running = true;

  TestBus(String bootstrapServers) {
    producer = KafkaClients.producer(bootstrapServers);
    KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(bootstrapServers, 500);
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic<?> topic : List.of(Topic.TASK_EVENTS, Topic.ASSIGNMENTS)) {
      IntStream.range(0, topic.partitions())
          .forEach(p -> partitions.add(new TopicPartition(topic.name(), p)));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    reader = Thread.ofPlatform().name("test-bus").daemon().start(() -> read(consumer));
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    try (consumer) {
      while (running) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (record.topic().equals(Topic.TASK_EVENTS.name())) {
            // A record may come again after a crash of its sender; whoever reads knows it by its
            // id.
            if (Decoded.of(Topic.TASK_EVENTS, record) instanceof Decoded.Readable<TaskEvent> r
                && told.add(Objects.requireNonNull(r.id()))) {
              events(new JobId(r.key())).addAll(r.message().events());
            }
          } else if (Decoded.of(Topic.ASSIGNMENTS, record)
              instanceof Decoded.Readable<MailEvent> r) {
            mail(r.key()).addAll(r.message().events());
          }
        }
      }
    }
  }

  List<TaskEvent> events(JobId job) {
    return events.computeIfAbsent(job, j -> new CopyOnWriteArrayList<>());
  }

  List<MailEvent> mail(String worker) {
    return mail.computeIfAbsent(worker, w -> new CopyOnWriteArrayList<>());
  }

  /** All leases that were mailed to the worker, repeats included. */
  List<AttemptRef> assigned(String worker) {
    List<AttemptRef> refs = new ArrayList<>();
    for (MailEvent event : mail(worker)) {
      if (event instanceof MailEvent.AttemptsAssigned assigned) {
        for (MailEvent.Assignment lease : assigned.attempts()) {
          refs.add(new AttemptRef(assigned.job(), lease.index(), lease.attempt(), lease.epoch()));
        }
      }
    }
    return refs;
  }

  void plan(String pool, PlanEvent... plan) {
    send(Topic.PLANS, Topic.shardOf(pool), pool, List.of(plan));
  }

  void register(String pool, WorkerId worker, long incarnation, Capacity capacity) {
    send(
        Topic.HEARTBEATS,
        Topic.shardOf(pool),
        worker.value(),
        List.of(new WorkerEvent.WorkerRegistered(worker, incarnation, pool, capacity)));
  }

  void beat(
      String pool, WorkerId worker, long incarnation, Capacity capacity, List<AttemptRef> held) {
    send(
        Topic.HEARTBEATS,
        Topic.shardOf(pool),
        worker.value(),
        List.of(new WorkerEvent.WorkerHeartbeat(worker, incarnation, pool, capacity, held, false)));
  }

  void succeed(String pool, WorkerId worker, List<AttemptRef> attempts) {
    AttemptEnd end =
        new AttemptEnd(
            AttemptEnd.Status.SUCCEEDED, "{\"ok\":true}", 0, null, null, null, null, 0, 1);
    List<ReportEvent> reports = new ArrayList<>();
    for (AttemptRef attempt : attempts) {
      reports.add(new ReportEvent.AttemptStarted(attempt));
      reports.add(new ReportEvent.AttemptFinished(attempt, end));
    }
    report(pool, worker, reports);
  }

  void report(String pool, WorkerId worker, List<ReportEvent> reports) {
    send(Topic.RESULTS, Topic.shardOf(pool), worker.value(), reports);
  }

  void jobEvent(String pool, JobId job, JobEvent.Kind kind, JobState state) {
    JobEvent event =
        new JobEvent(
            job, 9, kind, state, "t", pool, Instant.EPOCH, TaskCounts.ZERO, null, null, null);
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Topic.JOB_EVENTS.name(),
            job.value(),
            Json.text(event).getBytes(StandardCharsets.UTF_8));
    String type = Topic.JOB_EVENTS.ceType() + "." + kind.name().toLowerCase(Locale.ROOT) + ".v1";
    producer.send(Headers.add(record, "1", type, "/test", Instant.EPOCH, null));
    producer.flush();
  }

  void garbage(String pool) {
    producer.send(
        new ProducerRecord<>(
            Topic.PLANS.name(), Topic.shardOf(pool), pool, new byte[] {'{', 1, 2, 3}));
    producer.flush();
  }

  <E> void send(Topic<E> topic, int partition, String key, List<E> events) {
    producer.send(
        new ProducerRecord<>(
            topic.name(), partition, key, Json.bytes(topic, new Message<>(Instant.EPOCH, events))));
    producer.flush();
  }

  @Override
  public void close() {
    running = false;
    producer.close();
    try {
      reader.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
