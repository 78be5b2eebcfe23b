package dev.muster.agent.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.trace.Span;
import dev.muster.kit.trace.Traceparent;
import dev.muster.kit.trace.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the worker's mail: one partition by hand, from its end at the start of the agent on. Other
 * workers' mail in the same partition is passed over unread.
 */
final class MailConsumer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(MailConsumer.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Consumer<String, byte[]> consumer;
  private final TopicPartition partition;
  private final Wire wire;
  private final Session session;
  private final AttemptDesk desk;
  private final Tracing tracing;
  private final Runnable welcomed;
  private final CountDownLatch positioned = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("mail-consumer").daemon().unstarted(this::run);
  private volatile boolean running = true;

  /**
   * @param tracing records how assignments are taken
   * @param welcomed called when a registration was accepted
   */
  MailConsumer(
      Consumer<String, byte[]> consumer,
      Wire wire,
      Session session,
      AttemptDesk desk,
      Tracing tracing,
      Runnable welcomed) {
    this.consumer = consumer;
    this.partition =
        new TopicPartition(Topic.ASSIGNMENTS.name(), Topic.mailPartition(wire.worker().value()));
    this.wire = wire;
    this.session = session;
    this.desk = desk;
    this.tracing = tracing;
    this.welcomed = welcomed;
  }

  void start() {
    thread.start();
  }

  /**
   * Waits until the position is fixed: only then may the worker ask for mail.
   *
   * @return false when the agent was told to stop before
   */
  boolean awaitPosition() throws InterruptedException {
    positioned.await();
    return running;
  }

  @Override
  public void close() {
    running = false;
    positioned.countDown();
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (consumer) {
      consumer.assign(List.of(partition));
      while (running) {
        try {
          readOn();
        } catch (WakeupException e) {
          LOG.debug("Woken to stop");
        } catch (KafkaException e) {
          LOG.warnf("Expected to read mail, but the broker is away: %s", e.getMessage());
          positioned.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readOn() {
    if (positioned.getCount() > 0) {
      consumer.seekToEnd(List.of(partition));
      long position = consumer.position(partition);
      LOG.infof("Mail is read from %s on, offset %d", partition, position);
      positioned.countDown();
    }
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      if (wire.worker().value().equals(record.key())) {
        switch (Decoded.of(Topic.ASSIGNMENTS, record)) {
          case Decoded.Readable<MailEvent> mail ->
              mail.message().events().forEach(event -> obey(event, mail.traceparent()));
          case Decoded.Unreadable<MailEvent> letter -> deadLetter(letter);
        }
      }
    }
  }

  private void obey(MailEvent mail, @Nullable String sent) {
    switch (mail) {
      case MailEvent.WorkerWelcomed welcome -> {
        if (session.welcome(welcome, System.nanoTime())) {
          LOG.infof("Welcomed as incarnation %d", welcome.incarnation());
          welcomed.run();
        }
      }
      case MailEvent.AttemptsAssigned assigned -> take(assigned, sent);
      case MailEvent.AttemptsRevoked revoked -> desk.revoked(revoked);
      case MailEvent.WorkerDrainRequested drain -> {
        if (session.accepts(drain.incarnation())) {
          LOG.info("Draining as the dispatcher asks");
          desk.drain();
        }
      }
    }
  }

  /**
   * Takes assignments of one job.
   *
   * @param sent the context of the record, which may speak of jobs of other traces as well
   */
  private void take(MailEvent.AttemptsAssigned assigned, @Nullable String sent) {
    String own = assigned.traceparent();
    Span span =
        tracing.begin(
            Tracing.Kind.CONSUMER,
            "process " + Topic.ASSIGNMENTS.name(),
            Traceparent.isSameTrace(own, sent) ? sent : own);
    if (span == null) {
      desk.assigned(assigned);
    } else {
      span.with("messaging.system", "kafka")
          .with("messaging.operation.name", "process")
          .with("messaging.operation.type", "process")
          .with("messaging.destination.name", Topic.ASSIGNMENTS.name())
          .with("muster.job.id", assigned.job().external())
          .with("muster.attempts", assigned.attempts().size());
      desk.assigned(assigned.within(span.traceparent()));
      span.end();
    }
  }

  private void deadLetter(Decoded.Unreadable<MailEvent> letter) {
    LOG.warnf("Mail at %s cannot be read: %s", letter.record().offset(), letter.reason());
    OutboxRow row = OutboxRow.deadLetter(letter.record(), letter.reason());
    wire.send(
        new Wire.Address<>(Topic.DEAD_LETTERS, null, row.key()),
        "dead-" + letter.record().partition() + "-" + letter.record().offset(),
        row.value(),
        null,
        failure -> {
          if (failure != null) {
            LOG.warnf("Expected to keep a dead letter, but %s", failure.getMessage());
          }
        });
  }
}
