package dev.muster.kit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The CloudEvents 1.0 headers of a record in binary mode, and the trace context beside them. */
public final class Headers {
  private Headers() {}

  /**
   * Adds the headers to a record.
   *
   * @param id unique with the source; the same on every repeat of the record
   * @param traceparent W3C trace context, or null
   */
  public static <V> ProducerRecord<String, V> add(
      ProducerRecord<String, V> record,
      String id,
      String type,
      String source,
      Instant time,
      @Nullable String traceparent) {
    put(record, "ce_specversion", "1.0");
    put(record, "ce_id", id);
    put(record, "ce_type", type);
    put(record, "ce_source", source);
    put(record, "ce_time", time.toString());
    if (record.key() != null) {
      put(record, "ce_subject", record.key());
    }
    put(record, "content-type", "application/json");
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
