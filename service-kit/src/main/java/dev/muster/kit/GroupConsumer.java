package dev.muster.kit;

import dev.muster.kit.trace.RecordSpans;
import dev.muster.kit.trace.Tracing;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics as a member of a consumer group, on one thread: poll, do the work, note the offsets.
 * Offsets are committed after the work, at most every {@value #COMMIT_MILLIS} ms, so whatever was
 * under way in a crash comes again; the work must be idempotent. Work that throws is repeated from
 * the first record of its batch: nothing is skipped.
 *
 * <p>Records pass through no thread but this one: a channel of SmallRye hands a batch from the
 * polling thread to an event loop and on to a worker (ADR 0075).
 */
public final class GroupConsumer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(GroupConsumer.class);
  private static final int COMMIT_MILLIS = 1_000;
  private static final Duration POLL = Duration.ofMillis(COMMIT_MILLIS);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Settings settings;
  private final Tracing tracing;
  private final Consumer<ConsumerRecords<String, byte[]>> work;
  private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
  private final Thread thread;
  private volatile boolean running = true;
  private volatile boolean member;
  private volatile @Nullable KafkaConsumer<String, byte[]> polling;
  private long nextCommitNanos = System.nanoTime();

  /**
   * What to read, and how much of it at once.
   *
   * @param bootstrapServers host:port list
   * @param group the consumer group; its members share the partitions
   * @param topics all that the group reads
   * @param maxPollRecords most records of one batch
   * @param fetchMaxBytes bytes of one fetch, about; a batch holds no more than that and one record
   */
  public record Settings(
      String bootstrapServers,
      String group,
      List<String> topics,
      int maxPollRecords,
      int fetchMaxBytes) {}

  /**
   * @param settings what to read
   * @param tracing records what is done with each record
   * @param work called on the consumer's thread with each batch; returns when all of it is
   *     committed, and may block while the database is away: after five minutes the group goes on
   *     without it, and it joins again
   */
  public GroupConsumer(
      Settings settings, Tracing tracing, Consumer<ConsumerRecords<String, byte[]>> work) {
    this.settings = settings;
    this.tracing = tracing;
    this.work = work;
    this.thread = Thread.ofPlatform().name(settings.group()).daemon().unstarted(this::run);
  }

  /** Starts the consumer's thread. */
  public GroupConsumer start() {
    thread.start();
    return this;
  }

  /** Whether the group counts on this member: it has been given its part, be it an empty one. */
  public boolean isMember() {
    return member;
  }

  /** Stops after the batch under way, whose offsets are committed, and leaves the group. */
  @Override
  public void close() {
    running = false;
    KafkaConsumer<String, byte[]> consumer = polling;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (running) {
      try (KafkaConsumer<String, byte[]> consumer = KafkaClients.member(settings)) {
        polling = consumer;
        consumer.subscribe(settings.topics(), new Membership(consumer));
        read(consumer);
      } catch (WakeupException e) {
        LOG.debugf("%s was woken to stop", settings.group());
      } catch (RuntimeException e) {
        if (running) {
          LOG.errorf(
              e, "Expected to read %s, but %s; next try in 1 s", settings.topics(), e.getMessage());
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      } finally {
        polling = null;
        member = false;
        done.clear();
      }
    }
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    try {
      while (running) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          apply(consumer, records);
        }
        if (System.nanoTime() - nextCommitNanos >= 0) {
          commitLater(consumer);
        }
      }
    } finally {
      commitNow(consumer, done.keySet());
    }
  }

  private void apply(
      KafkaConsumer<String, byte[]> consumer, ConsumerRecords<String, byte[]> records) {
    RecordSpans spans = RecordSpans.begin(tracing, records);
    try {
      work.accept(records);
      spans.end();
      done.putAll(records.nextOffsets());
    } catch (RuntimeException e) {
      spans.fail(e);
      for (TopicPartition partition : records.partitions()) {
        consumer.seek(partition, records.records(partition).getFirst().offset());
      }
      if (running) {
        LOG.errorf(
            e,
            "Expected to apply a batch of %s, but %s; repeating it in 1 s",
            settings.topics(),
            e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** Sends the offsets and does not wait; what fails is covered by the next time. */
  private void commitLater(KafkaConsumer<String, byte[]> consumer) {
    nextCommitNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS);
    if (done.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = Map.copyOf(done);
    done.clear();
    consumer.commitAsync(
        offsets,
        (told, failure) -> {
          if (failure != null) {
            LOG.debugf("Expected to commit offsets of %s, but %s", settings.group(), failure);
            offsets.forEach(done::putIfAbsent);
          }
        });
  }

  /** Best effort: what is not committed is read again, and changes nothing. */
  private void commitNow(
      KafkaConsumer<String, byte[]> consumer, Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(done);
    offsets.keySet().retainAll(partitions);
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, PAUSE);
    } catch (KafkaException e) {
      LOG.debugf("Expected to commit offsets of %s, but %s", settings.group(), e.getMessage());
    }
    done.keySet().removeAll(offsets.keySet());
  }

  /** Hands partitions over with what was done of them. */
  private final class Membership implements ConsumerRebalanceListener {
    private final KafkaConsumer<String, byte[]> consumer;

    Membership(KafkaConsumer<String, byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      member = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commitNow(consumer, partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      member = false;
      done.keySet().removeAll(partitions);
    }
  }
}
