package dev.muster.gateway.shell.stream;

import dev.muster.contracts.Topic;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.KafkaClients;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics about jobs, once for all open streams. It starts with the first stream, from the
 * end of the topics, and ends a while after the last, so that a gateway without readers costs
 * nothing. What it has begun it goes on with after a broken connection, where it was.
 */
@ApplicationScoped
public class UpdateReader {
  private static final Logger LOG = Logger.getLogger(UpdateReader.class);
  private static final List<String> TOPICS =
      List.of(Topic.JOB_EVENTS.name(), Topic.TASK_EVENTS.name(), Topic.PROGRESS.name());
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int IDLE_POLLS_MAX = 300;
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();
  private static final long STANDING_SECONDS_MAX = 5;

  private final String brokers;
  private final Channels channels;
  private final EventFollower follower;
  private final TelemetryDesk telemetry;
  private final ReentrantLock starting = new ReentrantLock();
  private CompletableFuture<Boolean> standing = new CompletableFuture<>();
  private @Nullable Thread reader;

  UpdateReader(
      @ConfigProperty(name = "kafka.bootstrap.servers") String brokers,
      Channels channels,
      EventFollower follower,
      JobRepository jobs,
      Secrets secrets) {
    this.brokers = brokers;
    this.channels = channels;
    this.follower = follower;
    this.telemetry = new TelemetryDesk(channels, jobs, secrets::mac);
  }

  /**
   * Returns once everything that happens from now on is read, or after a while: without the broker
   * a stream still tells the changes of jobs, from the database.
   */
  void await() throws InterruptedException {
    CompletableFuture<Boolean> ready;
    starting.lock();
    try {
      if (reader == null && !channels.isClosing()) {
        reader = Thread.ofPlatform().name("stream-updates").daemon().start(this::run);
      }
      ready = standing;
    } finally {
      starting.unlock();
    }
    try {
      ready.get(STANDING_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.warn("Expected to follow the topics about jobs, but the broker does not answer");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its thread ends by itself; this only keeps another from being started. */
  @PreDestroy
  public void close() {
    channels.close();
  }

  private void run() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    while (!channels.isClosing()) {
      try (KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(brokers, 1_000)) {
        position(consumer, positions);
        read(consumer, positions);
        if (stopIfIdle()) {
          return;
        }
      } catch (KafkaException e) {
        LOG.warnf(
            "Expected to follow the topics about jobs, but %s; next try soon", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (RuntimeException e) {
        LOG.error("Expected to follow the topics about jobs, but; next try soon", e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private boolean stopIfIdle() {
    starting.lock();
    try {
      if (channels.isEmpty() || channels.isClosing()) {
        reader = null;
        standing = new CompletableFuture<>();
        return true;
      }
      return false;
    } finally {
      starting.unlock();
    }
  }

  private void position(
      KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> positions) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : TOPICS) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      // A topic that was made anew is shorter than where we were.
      long end = ends.getOrDefault(partition, 0L);
      long at = Math.min(end, positions.getOrDefault(partition, end));
      consumer.seek(partition, at);
      positions.put(partition, at);
    }
    standing.complete(true);
  }

  private void read(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> positions) {
    int idle = 0;
    while (!channels.isClosing() && idle < IDLE_POLLS_MAX) {
      ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
      List<ConsumerRecord<String, byte[]>> told = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : records) {
        positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        if (record.key() == null || record.value() == null) {
          continue; // what nobody can read is the concern of the services that own it
        }
        if (!record.topic().equals(Topic.JOB_EVENTS.name())) {
          told.add(record);
        } else if (channels.hasTenants() || channels.job(record.key()) != null) {
          follower.ring();
        }
      }
      telemetry.tell(told);
      idle = channels.isEmpty() ? idle + 1 : 0;
    }
  }
}
