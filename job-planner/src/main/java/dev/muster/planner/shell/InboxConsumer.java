package dev.muster.planner.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.GroupConsumer;
import dev.muster.kit.trace.Tracing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.pgclient.PgException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads submissions and job events. The offsets of a batch are committed after its transaction; a
 * database outage pauses the consumer. What fails by its content, and would fail every time, is
 * dead-lettered alone and the rest goes on. Anything else is tried again rather than lose a record.
 */
@ApplicationScoped
public class InboxConsumer {
  private static final Logger LOG = Logger.getLogger(InboxConsumer.class);

  /** A part of a list has up to 128 KiB: a poll brings a few MiB at most. */
  private static final int POLL_RECORDS_MAX = 64;

  private static final int FETCH_BYTES_MAX = 4 * 1024 * 1024;

  private final PlanHandler handler;
  private final Database database;
  private final PlannerConfig config;
  private final GroupConsumer consumer;
  private volatile boolean running = true;
  private long nextSweepNanos = System.nanoTime();

  InboxConsumer(
      PlanHandler handler,
      Database database,
      PlannerConfig config,
      Tracing tracing,
      @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
    this.handler = handler;
    this.database = database;
    this.config = config;
    // Both topics in one: a job's cancellation and its items then rarely meet in two places.
    this.consumer =
        new GroupConsumer(
            new GroupConsumer.Settings(
                bootstrapServers,
                "job-planner",
                List.of(Topic.SUBMISSIONS.name(), Topic.JOB_EVENTS.name()),
                POLL_RECORDS_MAX,
                FETCH_BYTES_MAX),
            tracing,
            this::consume);
  }

  void start(@Observes StartupEvent event) {
    consumer.start();
  }

  /** Whether it takes part in its group. */
  boolean isMember() {
    return consumer.isMember();
  }

  private void consume(ConsumerRecords<String, byte[]> records) {
    try {
      handler.handle(Inbox.of(records), () -> running);
    } catch (RuntimeException e) {
      if (!isContent(e)) {
        throw e;
      }
      LOG.warnf(e, "Expected to plan a batch of %d records, but one cannot be", records.count());
      records.forEach(this::handleAlone);
    }
    sweepWhenDue();
  }

  void stop(@Observes @Priority(1) ShutdownEvent event) {
    running = false;
    consumer.close();
  }

  private void handleAlone(ConsumerRecord<String, byte[]> record) {
    try {
      handler.handle(Inbox.of(List.of(record)), () -> running);
    } catch (RuntimeException e) {
      if (!isContent(e)) {
        throw e;
      }
      String reason = "Expected to plan what it says, but " + e.getMessage();
      LOG.errorf(e, "%s/%d/%d: %s", record.topic(), record.partition(), record.offset(), reason);
      handler.handle(Inbox.ofDead(record, reason), () -> running);
    }
  }

  /**
   * Whether the content of a record is to blame: data that the database refuses (class 22 and 23),
   * or that is not what the contracts promise. Never while the service stops.
   */
  private boolean isContent(RuntimeException e) {
    if (!running) {
      return false;
    }
    if (e instanceof PgException pg) {
      String state = pg.getSqlState();
      return state != null && (state.startsWith("22") || state.startsWith("23"));
    }
    return !(e instanceof DatabaseUnavailableException);
  }

  private void sweepWhenDue() {
    if (System.nanoTime() - nextSweepNanos < 0) {
      return;
    }
    nextSweepNanos = System.nanoTime() + config.closedSweepInterval().toNanos();
    int swept =
        database.persistently(
            () -> running,
            tx ->
                PlanRepository.sweepClosed(
                    tx, config.closedRetention(), config.closedSweepBatchMax()));
    LOG.debugf("Deleted the marks of %d jobs that closed long ago", swept);
  }
}
