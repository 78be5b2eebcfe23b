package dev.muster.kit.trace;

import dev.muster.contracts.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The spans of the records of one batch, from their arrival until all of it is committed. Each
 * record of a recorded trace then carries its own span as the context, so that whatever is decided
 * because of it becomes a part of it. A record is the unit, however many tasks it speaks of.
 */
public final class RecordSpans {
  private static final RecordSpans NONE = new RecordSpans(List.of());
  private static final String HEADER = "traceparent";

  /**
   * Records that lead to nothing: output and progress are many, and the numbered events tell what
   * was decided before.
   */
  private static final Set<String> LEAVES =
      Set.of(Topic.PROGRESS.name(), Topic.JOB_EVENTS.name(), Topic.DEAD_LETTERS.name());

  private final List<Span> spans;

  private RecordSpans(List<Span> spans) {
    this.spans = spans;
  }

  /** Begins a span for each record of a recorded trace, and puts it into the record. */
  public static RecordSpans begin(
      Tracing tracing, Iterable<ConsumerRecord<String, byte[]>> records) {
    if (!tracing.isOn()) {
      return NONE;
    }
    List<Span> spans = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Span span = LEAVES.contains(record.topic()) ? null : process(tracing, record);
      if (span != null) {
        spans.add(span);
      }
    }
    return spans.isEmpty() ? NONE : new RecordSpans(spans);
  }

  private static @Nullable Span process(Tracing tracing, ConsumerRecord<String, byte[]> record) {
    Span span =
        tracing.begin(Tracing.Kind.CONSUMER, "process " + record.topic(), text(record.headers()));
    if (span != null) {
      describe(span, "process", record.topic(), record.key())
          .with("messaging.destination.partition.id", Integer.toString(record.partition()))
          .with("messaging.kafka.offset", record.offset());
      put(record.headers(), span.traceparent());
    }
    return span;
  }

  /** All of it is committed. */
  public void end() {
    spans.forEach(Span::end);
  }

  /** It was not committed, and comes again. */
  public void fail(RuntimeException cause) {
    spans.forEach(span -> span.fail(cause.getClass().getName()));
  }

  /**
   * Sends a record, within a span of its own when its trace is recorded.
   *
   * @param outcome told on the producer's thread, or null
   */
  public static Future<RecordMetadata> send(
      Tracing tracing,
      Producer<String, byte[]> producer,
      ProducerRecord<String, byte[]> record,
      @Nullable Callback outcome) {
    Span span =
        tracing.isOn() && !record.topic().equals(Topic.PROGRESS.name())
            ? tracing.begin(Tracing.Kind.PRODUCER, "send " + record.topic(), text(record.headers()))
            : null;
    if (span == null) {
      return producer.send(record, outcome);
    }
    describe(span, "send", record.topic(), record.key());
    put(record.headers(), span.traceparent());
    return producer.send(
        record,
        (metadata, failure) -> {
          if (failure == null) {
            span.end();
          } else {
            span.fail(failure.getClass().getName());
          }
          if (outcome != null) {
            outcome.onCompletion(metadata, failure);
          }
        });
  }

  private static Span describe(Span span, String operation, String topic, @Nullable String key) {
    span.with("messaging.system", "kafka")
        .with("messaging.operation.name", operation)
        .with("messaging.operation.type", operation)
        .with("messaging.destination.name", topic);
    return key == null ? span : span.with("messaging.kafka.message.key", key);
  }

  private static @Nullable String text(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static void put(Headers headers, String traceparent) {
    headers.remove(HEADER).add(HEADER, traceparent.getBytes(StandardCharsets.UTF_8));
  }
}
