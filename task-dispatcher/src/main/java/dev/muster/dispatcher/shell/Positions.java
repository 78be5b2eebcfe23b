package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the loop reads on. Of the pool topics an owner reads the partitions of its shards; of the
 * job events it reads all, and each shard keeps its own place in them.
 */
final class Positions {
  private static final List<Topic<?>> POOL_TOPICS =
      List.of(Topic.PLANS, Topic.RESULTS, Topic.HEARTBEATS);

  private final Map<String, String> topicIds;
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Set<TopicPartition> dirty = new HashSet<>();

  /**
   * @param topicIds the broker's identity of each topic now
   */
  Positions(Map<String, String> topicIds) {
    this.topicIds = Map.copyOf(topicIds);
  }

  /** The topics that are read. */
  static Set<String> topics() {
    return Set.of(
        Topic.PLANS.name(), Topic.RESULTS.name(), Topic.HEARTBEATS.name(), Topic.JOB_EVENTS.name());
  }

  /**
   * Adds the partitions of a shard and moves the consumer to where the shard's last owner was; to
   * the start where nobody was or the topic is another one now.
   */
  void take(int shard, Database database, Consumer<String, byte[]> consumer) {
    Map<TopicPartition, Long> places = load(shard, database);
    Set<TopicPartition> all = new HashSet<>(consumer.assignment());
    all.addAll(partitionsOf(shard));
    consumer.assign(all);
    for (TopicPartition partition : partitionsOf(shard)) {
      Long place = places.get(partition);
      long from = place == null ? 0 : place;
      if (from < next.getOrDefault(partition, Long.MAX_VALUE)) {
        next.put(partition, from);
        if (place == null) {
          consumer.seekToBeginning(List.of(partition));
        } else {
          consumer.seek(partition, from);
        }
      }
    }
  }

  /** Stops reading the partitions of shards that were given back; the job events go on. */
  void drop(Set<Integer> shards, Consumer<String, byte[]> consumer) {
    Set<TopicPartition> kept = new HashSet<>(consumer.assignment());
    kept.removeIf(partition ->
        !partition.topic().equals(Topic.JOB_EVENTS.name())
            && shards.contains(partition.partition()));
    consumer.assign(kept);
    next.keySet().retainAll(kept);
    dirty.retainAll(kept);
  }

  private Map<TopicPartition, Long> load(int shard, Database database) {
    return database.transaction(tx -> {
      Map<TopicPartition, Long> places = new HashMap<>();
      for (Row row :
          tx.query(
              "SELECT topic, partition, topic_id, next FROM dispatcher.shard_offset WHERE shard ="
                  + " $1",
              shard)) {
        String topic = row.getString("topic");
        if (row.getString("topic_id").equals(topicIds.get(topic))) {
          places.put(new TopicPartition(topic, row.getInteger("partition")), row.getLong("next"));
        }
      }
      return places;
    });
  }

  static List<TopicPartition> partitionsOf(int shard) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic<?> topic : POOL_TOPICS) {
      partitions.add(new TopicPartition(topic.name(), shard));
    }
    for (int partition = 0; partition < Topic.JOB_EVENTS.partitions(); partition++) {
      partitions.add(new TopicPartition(Topic.JOB_EVENTS.name(), partition));
    }
    return partitions;
  }

  /** A record was read. */
  void read(TopicPartition partition, long offset) {
    next.put(partition, offset + 1);
    dirty.add(partition);
  }

  boolean isDirty() {
    return !dirty.isEmpty();
  }

  /** Writes what was read since the last commit; {@link #written} follows the commit. */
  void write(Tx tx, Set<Integer> shards) {
    List<Integer> owners = new ArrayList<>();
    List<String> topics = new ArrayList<>();
    List<Integer> partitions = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<Long> nexts = new ArrayList<>();
    for (TopicPartition partition : dirty) {
      boolean shared = partition.topic().equals(Topic.JOB_EVENTS.name());
      for (int shard : shared ? shards : Set.of(partition.partition())) {
        owners.add(shard);
        topics.add(partition.topic());
        partitions.add(partition.partition());
        ids.add(topicIds.getOrDefault(partition.topic(), ""));
        nexts.add(next.getOrDefault(partition, 0L));
      }
    }
    if (owners.isEmpty()) {
      return;
    }
    tx.later(
        "INSERT INTO dispatcher.shard_offset (shard, topic, partition, topic_id, next)"
            + " SELECT * FROM unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::bigint[])"
            + " ON CONFLICT (shard, topic, partition)"
            + " DO UPDATE SET topic_id = EXCLUDED.topic_id, next = EXCLUDED.next",
        owners.toArray(Integer[]::new),
        topics.toArray(String[]::new),
        partitions.toArray(Integer[]::new),
        ids.toArray(String[]::new),
        nexts.toArray(Long[]::new));
  }

  /** What was written is committed. */
  void written() {
    dirty.clear();
  }
}
