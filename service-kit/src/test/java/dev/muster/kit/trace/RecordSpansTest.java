package dev.muster.kit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.Topic;
import dev.muster.kit.Headers;
import dev.muster.testkit.SpanReceiver;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordSpansTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void recordOnItsWayIsAChainOfSpans() {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      ConsumerRecord<String, byte[]> read;
      try (Tracing tracing = Tracing.of("service", receiver.environment())) {
        read = read(send(tracing, Topic.PLANS.name()));
        RecordSpans.begin(tracing, List.of(read)).end();
      }

      var sent = receiver.named("send muster.task.plans");
      var processed = receiver.named("process muster.task.plans");
      assertThat(sent.kind()).isEqualTo("PRODUCER");
      assertThat(processed.kind()).isEqualTo("CONSUMER");
      assertThat(processed.parent()).isEqualTo(sent.id());
      assertThat(sent.traceparent()).startsWith(PARENT.substring(0, 36));
      assertThat(Headers.text(read, "traceparent")).isEqualTo(processed.traceparent());
      assertThat(Headers.text(read, "ce_traceparent")).isEqualTo(PARENT);
    }
  }

  @Test
  void outputAndRecordsWithoutTraceHaveNoSpans() {
    try (SpanReceiver receiver = SpanReceiver.answering()) {
      try (Tracing tracing = Tracing.of("service", receiver.environment())) {
        ConsumerRecord<String, byte[]> output = read(send(tracing, Topic.PROGRESS.name()));
        ConsumerRecord<String, byte[]> untraced = read(record(Topic.PLANS.name(), null));
        RecordSpans.begin(tracing, List.of(output, untraced)).end();

        assertThat(Headers.text(output, "traceparent")).isEqualTo(PARENT);
        assertThat(Headers.text(untraced, "traceparent")).isNull();
        send(tracing, Topic.PLANS.name());
      }

      receiver.named("send muster.task.plans");
      assertThat(receiver.spans()).hasSize(1);
    }
  }

  @Test
  void whileTracingIsOffRecordsStayAsTheyAre() {
    ProducerRecord<String, byte[]> sent = send(Tracing.OFF, Topic.PLANS.name());
    ConsumerRecord<String, byte[]> read = read(sent);

    RecordSpans first = RecordSpans.begin(Tracing.OFF, List.of(read));

    assertThat(first).isSameAs(RecordSpans.begin(Tracing.OFF, List.of()));
    assertThat(Headers.text(read, "traceparent")).isEqualTo(PARENT);
  }

  private static ProducerRecord<String, byte[]> send(Tracing tracing, String topic) {
    try (MockProducer<String, byte[]> producer =
        new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer())) {
      RecordSpans.send(tracing, producer, record(topic, PARENT), null);
      return producer.history().getFirst();
    }
  }

  private static ProducerRecord<String, byte[]> record(String topic, @Nullable String trace) {
    return Headers.add(
        new ProducerRecord<>(topic, "key", "{}".getBytes(StandardCharsets.UTF_8)),
        "id",
        "type",
        "/test",
        Instant.EPOCH,
        trace);
  }

  private static ConsumerRecord<String, byte[]> read(ProducerRecord<String, byte[]> sent) {
    ConsumerRecord<String, byte[]> read =
        new ConsumerRecord<>(sent.topic(), 0, 7, sent.key(), sent.value());
    sent.headers().forEach(header -> read.headers().add(header));
    return read;
  }
}
