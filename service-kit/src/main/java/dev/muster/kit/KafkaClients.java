package dev.muster.kit;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka clients with Muster's settings (reliability.md 2.2 says why). */
public final class KafkaClients {
  private KafkaClients() {}

  /**
   * A producer that loses and doubles nothing while it lives: all replicas acknowledge, idempotent,
   * and gives up after 30 s.
   *
   * @param bootstrapServers host:port list
   */
  public static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
    return producer(bootstrapServers, 30_000);
  }

  /**
   * A producer for an {@link OutboxRelay}: it never gives up on a record while it lives, because
   * what was sent behind it could then be stored before it. An outage of the broker is a pause.
   *
   * @param bootstrapServers host:port list
   */
  public static KafkaProducer<String, byte[]> outboxProducer(String bootstrapServers) {
    return producer(bootstrapServers, Integer.MAX_VALUE);
  }

  private static KafkaProducer<String, byte[]> producer(
      String bootstrapServers, int deliveryTimeoutMillis) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("acks", "all");
    // A broker that lost its disk gives out the ids of producers again: two that share one would
    // block each other, or lose records as repeats. One request at a time keeps the order.
    config.put("enable.idempotence", false);
    config.put("max.in.flight.requests.per.connection", 1);
    config.put("linger.ms", 0);
    config.put("compression.type", "lz4");
    config.put("delivery.timeout.ms", deliveryTimeoutMillis);
    config.put("request.timeout.ms", 5_000);
    config.put("max.block.ms", 2_000);
    config.put("max.request.size", 4 * 1024 * 1024);
    config.put("reconnect.backoff.max.ms", 1_000);
    config.put("metadata.recovery.strategy", "rebootstrap");
    return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * A consumer for hand-assigned partitions: no group, no commits; the caller keeps its own
   * positions.
   *
   * @param bootstrapServers host:port list
   * @param maxPollRecords most records of one poll
   */
  public static KafkaConsumer<String, byte[]> consumer(
      String bootstrapServers, int maxPollRecords) {
    return new KafkaConsumer<>(
        reading(bootstrapServers, maxPollRecords),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  /** A member of a consumer group whose death the group notices after 6 s. */
  static KafkaConsumer<String, byte[]> member(GroupConsumer.Settings settings) {
    Map<String, Object> config = reading(settings.bootstrapServers(), settings.maxPollRecords());
    config.put("group.id", settings.group());
    config.put("fetch.max.bytes", settings.fetchMaxBytes());
    config.put("max.partition.fetch.bytes", settings.fetchMaxBytes());
    // The newer protocol ignores the session timeout of its clients.
    config.put("group.protocol", "classic");
    config.put("session.timeout.ms", 6_000);
    config.put("heartbeat.interval.ms", 2_000);
    config.put("metadata.recovery.strategy", "rebootstrap");
    return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private static Map<String, Object> reading(String bootstrapServers, int maxPollRecords) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("enable.auto.commit", false);
    config.put("auto.offset.reset", "earliest");
    config.put("isolation.level", "read_committed");
    config.put("max.poll.records", maxPollRecords);
    config.put("fetch.max.wait.ms", 500);
    config.put("request.timeout.ms", 5_000);
    config.put("default.api.timeout.ms", 10_000);
    config.put("reconnect.backoff.max.ms", 1_000);
    return config;
  }
}
