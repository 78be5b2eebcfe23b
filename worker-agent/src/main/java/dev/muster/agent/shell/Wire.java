package dev.muster.agent.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.WorkerId;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.trace.RecordSpans;
import dev.muster.kit.trace.Tracing;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The worker's way out to the broker: records with their headers. */
final class Wire {
  private final Producer<String, byte[]> producer;
  private final WorkerId worker;
  private final Clock clock;
  private final Tracing tracing;

  Wire(Producer<String, byte[]> producer, WorkerId worker, Clock clock, Tracing tracing) {
    this.producer = producer;
    this.worker = worker;
    this.clock = clock;
    this.tracing = tracing;
  }

  /**
   * Where a record goes.
   *
   * @param topic the topic
   * @param partition the partition, or null to let the key decide
   * @param key the key
   */
  record Address<E>(Topic<E> topic, @Nullable Integer partition, String key) {}

  WorkerId worker() {
    return worker;
  }

  /** The body of a record. */
  <E> byte[] body(Topic<E> topic, List<E> events) {
    return Json.bytes(topic, new Message<>(clock.instant(), events));
  }

  /**
   * Sends a record; the outcome comes once, on the producer's thread or before this returns.
   *
   * @param id the record's identity, the same on every repeat
   * @param outcome gets null when the broker has it, else why not
   */
  void send(
      Address<?> to,
      String id,
      byte[] body,
      @Nullable String traceparent,
      Consumer<@Nullable Exception> outcome) {
    ProducerRecord<String, byte[]> record =
        Headers.add(
            new ProducerRecord<>(to.topic().name(), to.partition(), to.key(), body),
            worker + "-" + id,
            to.topic().ceType(),
            "/muster/worker-agent",
            clock.instant(),
            traceparent);
    AtomicBoolean told = new AtomicBoolean();
    try {
      RecordSpans.send(
          tracing,
          producer,
          record,
          (metadata, failure) -> {
            if (told.compareAndSet(false, true)) {
              outcome.accept(failure);
            }
          });
    } catch (KafkaException | IllegalStateException e) {
      if (told.compareAndSet(false, true)) {
        outcome.accept(e);
      }
    }
  }
}
