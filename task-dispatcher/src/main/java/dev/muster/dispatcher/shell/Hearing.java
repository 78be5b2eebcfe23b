package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Knows up to which moment every heartbeat was read. It asks the broker where the heartbeats end
 * and answers when the consumer has come that far. The question goes over a connection of its own:
 * on the consumer's it would wait behind the fetch that waits for the next heartbeat, and the
 * answer would always be one heartbeat ahead of what was read.
 */
final class Hearing {
  private static final Logger LOG = Logger.getLogger(Hearing.class);

  /**
   * What is known now.
   *
   * @param heardUntil all heartbeats that the broker had at this time were read
   * @param silence how long before it that was last known
   */
  record Answer(Instant heardUntil, Duration silence) {}

  private record Question(
      Instant askedAt, long askedNanos, CompletableFuture<Map<TopicPartition, Long>> ends) {}

  private final Admin admin;
  private final Consumer<String, byte[]> consumer;
  private @Nullable Question open;
  private long heardNanos = System.nanoTime();

  /**
   * @param admin asks the broker
   * @param consumer reads the heartbeats of the shards that are asked for
   */
  Hearing(Admin admin, Consumer<String, byte[]> consumer) {
    this.admin = admin;
    this.consumer = consumer;
  }

  /** Asks where the heartbeats end now, unless a question is open. */
  void ask(Instant now, Set<Integer> shards) {
    if (open != null) {
      return;
    }
    Map<TopicPartition, OffsetSpec> heartbeats = new HashMap<>();
    for (int shard : shards) {
      heartbeats.put(new TopicPartition(Topic.HEARTBEATS.name(), shard), OffsetSpec.latest());
    }
    open =
        new Question(
            now,
            System.nanoTime(),
            admin
                .listOffsets(heartbeats)
                .all()
                .toCompletionStage()
                .thenApply(Hearing::offsets)
                .toCompletableFuture());
  }

  /** Lets an open question go: it may be about shards that are not owned any more. */
  void forget() {
    open = null;
  }

  private static Map<TopicPartition, Long> offsets(
      Map<TopicPartition, ListOffsetsResultInfo> ends) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ends.forEach((partition, end) -> offsets.put(partition, end.offset()));
    return offsets;
  }

  /** The answer to the open question, once; null until all was read that the broker had. */
  @Nullable Answer answer() {
    Question question = open;
    if (question == null || !question.ends.isDone()) {
      return null;
    }
    if (question.ends.isCompletedExceptionally()) {
      LOG.debugf(
          "Expected to hear where the heartbeats end, but %s",
          question.ends.exceptionNow().getMessage());
      open = null;
      return null;
    }
    if (!hasRead(question.ends.join())) {
      return null;
    }
    open = null;
    Duration silence = Duration.ofNanos(question.askedNanos - heardNanos);
    heardNanos = question.askedNanos;
    return new Answer(question.askedAt, silence);
  }

  private boolean hasRead(Map<TopicPartition, Long> ends) {
    try {
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        if (consumer.position(end.getKey(), Duration.ofMillis(1)) < end.getValue()) {
          return false;
        }
      }
      return true;
    } catch (TimeoutException e) {
      return false; // the consumer has not found its own place yet
    }
  }
}
