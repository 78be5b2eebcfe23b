package dev.muster.kit;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record to be sent, written in the transaction that decided it.
 *
 * @param topic where to
 * @param partition the partition, or null to let the key decide
 * @param key the record's key; also decides the relay's shard, so records of one key keep their
 *     order
 * @param type CloudEvents type
 * @param traceparent W3C trace context, or null
 * @param value the body
 * @param identity what makes it the same record on every repeat; null gives it the id of its row
 */
public record OutboxRow(
    String topic,
    @Nullable Integer partition,
    String key,
    String type,
    @Nullable String traceparent,
    byte[] value,
    @Nullable Identity identity) {
  /**
   * Who a record is, whenever and however often it is sent.
   *
   * @param id CloudEvents id
   * @param at CloudEvents time: when it was decided
   * @param causation id of the record that led to it, or null
   */
  public record Identity(String id, Instant at, @Nullable String causation) {}

  /** A record that is known by the id of its row. */
  public OutboxRow(
      String topic,
      @Nullable Integer partition,
      String key,
      String type,
      @Nullable String traceparent,
      byte[] value) {
    this(topic, partition, key, type, traceparent, value, null);
  }

  /**
   * Longest body of a record, in bytes. A longer one could never be sent, and would keep back all
   * behind it.
   */
  public static final int VALUE_BYTES_MAX = 4 * 1024 * 1024 - 16 * 1024;

  /** Longest body that {@link #cut} aims at, in bytes. */
  private static final int CUT_BYTES = 1024 * 1024;

  public OutboxRow {
    if (value.length > VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "Expected a record of at most "
              + VALUE_BYTES_MAX
              + " bytes for "
              + topic
              + ", but it has "
              + value.length);
    }
  }

  /**
   * Messages about one job, as few as keep each at a size that a broker takes; a single event may
   * still be longer.
   */
  public static <E> List<OutboxRow> cut(
      Topic<E> topic, JobId job, @Nullable String traceparent, Instant at, List<E> events) {
    byte[] value = Json.bytes(topic, new Message<>(at, events));
    if (value.length <= CUT_BYTES || events.size() == 1) {
      return List.of(
          new OutboxRow(topic.name(), null, job.value(), topic.ceType(), traceparent, value));
    }
    int half = events.size() / 2;
    List<OutboxRow> rows =
        new ArrayList<>(cut(topic, job, traceparent, at, events.subList(0, half)));
    rows.addAll(cut(topic, job, traceparent, at, events.subList(half, events.size())));
    return rows;
  }

  /** A message about one job. */
  public static <E> OutboxRow of(
      Topic<E> topic, JobId job, @Nullable String traceparent, Instant at, List<E> events) {
    return new OutboxRow(
        topic.name(),
        null,
        job.value(),
        topic.ceType(),
        traceparent,
        Json.bytes(topic, new Message<>(at, events)));
  }

  /** A message on a topic whose partition is chosen by hand. */
  public static <E> OutboxRow of(
      Topic<E> topic,
      int partition,
      String key,
      @Nullable String traceparent,
      Instant at,
      List<E> events) {
    return new OutboxRow(
        topic.name(),
        partition,
        key,
        topic.ceType(),
        traceparent,
        Json.bytes(topic, new Message<>(at, events)));
  }

  /**
   * The dead letter of a record that can never be read.
   *
   * @param reason one sentence
   */
  public static OutboxRow deadLetter(ConsumerRecord<String, byte[]> record, String reason) {
    String place = record.topic() + "/" + record.partition() + "/" + record.offset();
    DeadLetter letter =
        new DeadLetter(
            record.topic(),
            record.partition(),
            record.offset(),
            reason,
            record.key(),
            record.value());
    return new OutboxRow(
        Topic.DEAD_LETTERS.name(),
        null,
        place,
        Topic.DEAD_LETTERS.ceType(),
        null,
        Json.text(letter).getBytes(StandardCharsets.UTF_8));
  }
}
