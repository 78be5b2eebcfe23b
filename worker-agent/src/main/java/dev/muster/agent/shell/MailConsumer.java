package dev.muster.agent.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.OutboxRow;
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
  private final Runnable welcomed;
  private final CountDownLatch positioned = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("mail-consumer").daemon().unstarted(this::run);
  private volatile boolean running = true;

  /**
   * @param welcomed called when a registration was accepted
   */
  MailConsumer(
      Consumer<String, byte[]> consumer,
      Wire wire,
      Session session,
      AttemptDesk desk,
      Runnable welcomed) {
    this.consumer = consumer;
    this.partition =
        new TopicPartition(Topic.ASSIGNMENTS.name(), Topic.mailPartition(wire.worker().value()));
    this.wire = wire;
    this.session = session;
    this.desk = desk;
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
          case Decoded.Readable<MailEvent> mail -> mail.message().events().forEach(this::obey);
          case Decoded.Unreadable<MailEvent> letter -> deadLetter(letter);
        }
      }
    }
  }

  private void obey(MailEvent mail) {
    switch (mail) {
      case MailEvent.WorkerWelcomed welcome -> {
        if (session.welcome(welcome, System.nanoTime())) {
          LOG.infof("Welcomed as incarnation %d", welcome.incarnation());
          welcomed.run();
        }
      }
      case MailEvent.AttemptsAssigned assigned -> desk.assigned(assigned);
      case MailEvent.AttemptsRevoked revoked -> desk.revoked(revoked);
      case MailEvent.WorkerDrainRequested drain -> {
        if (session.accepts(drain.incarnation())) {
          LOG.info("Draining as the dispatcher asks");
          desk.drain();
        }
      }
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
