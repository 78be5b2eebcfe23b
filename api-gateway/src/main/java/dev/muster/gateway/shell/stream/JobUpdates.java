package dev.muster.gateway.shell.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.kit.Decoded;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics about jobs, once for all open streams, from their end on. It starts with the
 * first stream and ends a while after the last, so that a gateway without readers costs nothing.
 */
@ApplicationScoped
public class JobUpdates {
  private static final Logger LOG = Logger.getLogger(JobUpdates.class);
  private static final List<String> TOPICS =
      List.of(Topic.JOB_EVENTS.name(), Topic.TASK_EVENTS.name(), Topic.PROGRESS.name());
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int IDLE_POLLS_MAX = 30;
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final String brokers;
  private final GatewayConfig config;
  private final Map<String, List<Subscription>> byJob = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> byTenant = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final ReentrantLock starting = new ReentrantLock();
  private @Nullable Thread reader;
  private volatile boolean closing;

  JobUpdates(
      @ConfigProperty(name = "kafka.bootstrap.servers") String brokers,
      GatewayConfig config,
      MeterRegistry metrics) {
    this.brokers = brokers;
    this.config = config;
    metrics.gauge("sse_connections", open);
  }

  /** Begins to collect the updates of a job; null when too many streams are open. */
  @Nullable Subscription open(String tenant, JobId job) {
    AtomicInteger ofTenant = byTenant.computeIfAbsent(tenant, t -> new AtomicInteger());
    if (open.incrementAndGet() > config.streamsMax()
        | ofTenant.incrementAndGet() > config.streamsPerTenantMax()) {
      open.decrementAndGet();
      ofTenant.decrementAndGet();
      return null;
    }
    Subscription subscription = new Subscription(tenant, config.streamBacklogMax());
    byJob.compute(
        job.value(),
        (id, present) -> {
          List<Subscription> list = present == null ? new CopyOnWriteArrayList<>() : present;
          list.add(subscription);
          return list;
        });
    start();
    return subscription;
  }

  void close(JobId job, Subscription subscription) {
    byJob.computeIfPresent(
        job.value(),
        (id, list) -> {
          list.remove(subscription);
          return list.isEmpty() ? null : list;
        });
    open.decrementAndGet();
    byTenant.computeIfPresent(
        subscription.tenant(), (id, count) -> count.decrementAndGet() == 0 ? null : count);
  }

  /** Whether the gateway stops and streams must end. */
  boolean isClosing() {
    return closing;
  }

  /** Ends the reader and tells every stream to end. */
  @PreDestroy
  public void close() {
    closing = true;
    byJob.values().forEach(list -> list.forEach(one -> one.offer(new Update.Lost())));
  }

  private void start() {
    starting.lock();
    try {
      if (reader == null && !closing) {
        reader = Thread.ofPlatform().name("job-updates").daemon().start(this::run);
      }
    } finally {
      starting.unlock();
    }
  }

  private void run() {
    while (!closing) {
      try (KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(brokers, 1_000)) {
        readFromEnd(consumer);
        if (stopIfIdle()) {
          return;
        }
      } catch (WakeupException e) {
        return;
      } catch (KafkaException e) {
        LOG.warnf(
            "Expected to follow the topics about jobs, but %s; next try soon", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private boolean stopIfIdle() {
    starting.lock();
    try {
      if (byJob.isEmpty() || closing) {
        reader = null;
        return true;
      }
      return false;
    } finally {
      starting.unlock();
    }
  }

  private void readFromEnd(KafkaConsumer<String, byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : TOPICS) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // the end is looked up now, not at the first poll
    // Whoever subscribed before this moment may have missed something.
    byJob.values().forEach(list -> list.forEach(one -> one.offer(new Update.Lost())));
    int idle = 0;
    while (!closing && idle < IDLE_POLLS_MAX) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        dispatch(record);
      }
      idle = byJob.isEmpty() ? idle + 1 : 0;
    }
  }

  private void dispatch(ConsumerRecord<String, byte[]> record) {
    List<Subscription> readers = record.key() == null ? null : byJob.get(record.key());
    if (readers == null || record.value() == null) {
      return;
    }
    for (Update update : updates(record)) {
      readers.forEach(reader -> reader.offer(update));
    }
  }

  /** What cannot be read is the concern of the services that own it; a stream shows the rest. */
  private static List<Update> updates(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(Topic.JOB_EVENTS.name())) {
      return jobEvent(record.value());
    }
    if (record.topic().equals(Topic.TASK_EVENTS.name())) {
      return switch (Decoded.of(Topic.TASK_EVENTS, record)) {
        case Decoded.Readable<TaskEvent> readable ->
            readable.message().events().stream().<Update>map(Update.Task::new).toList();
        case Decoded.Unreadable<TaskEvent> unreadable -> List.of();
      };
    }
    return switch (Decoded.of(Topic.PROGRESS, record)) {
      case Decoded.Readable<ProgressEvent> readable ->
          readable.message().events().stream().<Update>map(Update.Progress::new).toList();
      case Decoded.Unreadable<ProgressEvent> unreadable -> List.of();
    };
  }

  private static List<Update> jobEvent(byte[] body) {
    try {
      return List.of(new Update.Job(Json.MAPPER.readValue(body, JobEvent.class)));
    } catch (JsonProcessingException e) {
      return List.of(new Update.Lost());
    } catch (IOException e) {
      throw new IllegalStateException("Expected to read bytes in memory, but cannot", e);
    }
  }
}
