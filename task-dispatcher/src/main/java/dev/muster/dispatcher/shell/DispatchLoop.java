package dev.muster.dispatcher.shell;

import dev.muster.kit.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of an instance that decides: takes shards, reads, decides, commits. Whatever goes
 * wrong ends a session, and the next one begins from what was committed.
 */
final class DispatchLoop implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DispatchLoop.class);
  private static final Duration TOPIC_LOOK = Duration.ofSeconds(5);
  private static final Duration STALLED = Duration.ofSeconds(15);

  private final DispatchParts parts;
  private final Thread thread;
  private final Semaphore stop = new Semaphore(0);
  private volatile boolean running = true;
  private volatile @Nullable KafkaConsumer<String, byte[]> consumer;
  private volatile boolean standing;
  private volatile long turnedNanos = System.nanoTime();

  DispatchLoop(DispatchParts parts) {
    this.parts = parts;
    this.thread = Thread.ofPlatform().name("dispatch").unstarted(this::run);
  }

  DispatchLoop start() {
    thread.start();
    return this;
  }

  /** Whether a session goes on or another instance is the owner, and the loop is not stuck. */
  boolean isReady() {
    return standing && System.nanoTime() - turnedNanos < STALLED.toNanos();
  }

  @Override
  public void close() {
    running = false;
    stop.release();
    KafkaConsumer<String, byte[]> reader = consumer;
    if (reader != null) {
      reader.wakeup();
    }
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (running) {
      try {
        session();
      } catch (WakeupException e) {
        LOG.debug("woken to stop");
      } catch (RuntimeException e) {
        standing = false;
        if (running) {
          LOG.errorf(e, "Expected to dispatch, but %s; starting over in 1 s", e.getMessage());
          pause(Duration.ofSeconds(1));
        }
      } finally {
        consumer = null;
      }
    }
    release();
  }

  private void session() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", parts.bootstrapServers()));
        KafkaConsumer<String, byte[]> reader =
            KafkaClients.consumer(parts.bootstrapServers(), parts.config().pollRecordsMax())) {
      Map<String, String> topicIds = topicIds(admin);
      if (topicIds == null) {
        pause(Duration.ofMillis(500));
        return;
      }
      consumer = reader;
      DispatchSession session = new DispatchSession(parts, reader, admin, topicIds, () -> running);
      Set<Integer> taken = acquire();
      if (taken.isEmpty() || !session.take(taken)) {
        return;
      }
      Alarm look = new Alarm(TOPIC_LOOK);
      CompletableFuture<@Nullable Map<String, String>> lookup =
          CompletableFuture.completedFuture(topicIds);
      while (running && session.turn()) {
        standing = true;
        turnedNanos = System.nanoTime();
        if (lookup.isDone()) {
          Map<String, String> seen = lookup.join();
          if (seen != null && !seen.equals(topicIds)) {
            LOG.warn(
                "Expected the topics that were read so far, but they are others; starting over");
            return;
          }
          if (look.due()) {
            lookup = lookup(admin);
          }
        }
      }
    }
  }

  /** Waits until shards are free; an instance without any stands by until its part is. */
  private Set<Integer> acquire() {
    while (running) {
      Set<Integer> taken = parts.leases().acquire();
      standing = true;
      turnedNanos = System.nanoTime();
      if (!taken.isEmpty()) {
        return taken;
      }
      pause(parts.config().shardLease().dividedBy(4));
    }
    return Set.of();
  }

  private @Nullable Map<String, String> topicIds(Admin admin) {
    try {
      return lookup(admin).get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the topics were looked up", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker does not describe its topics", e);
    }
  }

  /** The broker's identity of each topic; null when it does not say, because it is away. */
  private static CompletableFuture<@Nullable Map<String, String>> lookup(Admin admin) {
    return admin
        .describeTopics(Positions.topics())
        .allTopicNames()
        .toCompletionStage()
        .handle((topics, error) -> error == null ? ids(topics) : null)
        .toCompletableFuture();
  }

  private static Map<String, String> ids(Map<String, TopicDescription> topics) {
    Map<String, String> ids = new HashMap<>();
    topics.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
    return ids;
  }

  private void release() {
    try {
      parts.leases().release();
    } catch (RuntimeException e) {
      LOG.warnf("Expected to give the shards back, but %s; their lease runs out", e.getMessage());
    }
  }

  private void pause(Duration time) {
    try {
      if (stop.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        stop.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }
}
