package dev.muster.kit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The CloudEvents 1.0 headers of a record in binary mode, and the trace context beside them. */
public final class Headers {
  /** The {@code $id} of an event's JSON Schema is this and its CloudEvents type. */
  public static final String SCHEMA_PREFIX = "urn:muster:schema:";

  private Headers() {}

  /**
   * Adds the headers to a record.
   *
   * @param id unique with the source; the same on every repeat of the record
   * @param type CloudEvents type; the schema of the body is named after it
   * @param traceparent W3C trace context, or null
   */
  public static <V> ProducerRecord<String, V> add(
      ProducerRecord<String, V> record,
      String id,
      String type,
      String source,
      Instant time,
      @Nullable String traceparent) {
    return add(record, id, type, source, time, traceparent, null);
  }

  /**
   * Adds the headers to a record that another one caused.
   *
   * @param causation the id of the record that led to this one, or null
   */
  public static <V> ProducerRecord<String, V> add(
      ProducerRecord<String, V> record,
      String id,
      String type,
      String source,
      Instant time,
      @Nullable String traceparent,
      @Nullable String causation) {
    put(record, "ce_specversion", "1.0");
    put(record, "ce_id", id);
    put(record, "ce_type", type);
    put(record, "ce_source", source);
    put(record, "ce_time", time.toString());
    if (record.key() != null) {
      put(record, "ce_subject", record.key());
    }
    put(record, "ce_dataschema", SCHEMA_PREFIX + type);
    put(record, "content-type", "application/json");
    if (causation != null) {
      put(record, "ce_causationid", causation);
    }
    if (traceparent != null) {
      put(record, "ce_traceparent", traceparent);
      put(record, "traceparent", traceparent);
    }
    return record;
  }

  /** The header's text, or null when it is not there. */
  public static @Nullable String text(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static void put(ProducerRecord<?, ?> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
