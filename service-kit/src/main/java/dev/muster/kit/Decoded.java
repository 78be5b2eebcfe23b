package dev.muster.kit;

import com.fasterxml.jackson.core.JacksonException;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read, or that can never be read. Only the second kind is dead-lettered.
 *
 * @param <E> the topic's event family
 */
public sealed interface Decoded<E> {
  /**
   * @param key the record's key
   * @param message its body
   * @param traceparent W3C trace context, or null
   * @param id the record's CloudEvents id, or null
   */
  record Readable<E>(
      String key, Message<E> message, @Nullable String traceparent, @Nullable String id)
      implements Decoded<E> {}

  /**
   * @param record the record as it came
   * @param reason one sentence
   */
  record Unreadable<E>(ConsumerRecord<String, byte[]> record, String reason)
      implements Decoded<E> {}

  /** Reads a record of the topic; never throws on what is in it. */
  static <E> Decoded<E> of(Topic<E> topic, ConsumerRecord<String, byte[]> record) {
    if (record.key() == null || record.value() == null) {
      return new Unreadable<>(record, "Expected a record with key and value, but one is missing");
    }
    try {
      return new Readable<>(
          record.key(),
          Json.message(topic, record.value()),
          Headers.text(record, "traceparent"),
          Headers.text(record, "ce_id"));
    } catch (JacksonException e) {
      return new Unreadable<>(
          record, "Expected a message of " + topic.name() + ", but " + e.getOriginalMessage());
    } catch (IOException | RuntimeException e) {
      return new Unreadable<>(
          record, "Expected a message of " + topic.name() + ", but " + e.getMessage());
    }
  }
}
