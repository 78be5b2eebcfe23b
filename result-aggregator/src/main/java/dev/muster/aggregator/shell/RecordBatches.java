package dev.muster.aggregator.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.Decoded;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes polled records to the database: decodes them, runs the work in transactions of bounded
 * size, comes back only when all of it is committed. An outage of the database holds the caller and
 * dead-letters nothing; a record that can never be read or applied is dead-lettered alone.
 */
@ApplicationScoped
public class RecordBatches {
  private static final Logger LOG = Logger.getLogger(RecordBatches.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Wiring wiring;
  private final AggregatorConfig config;
  private final AggregatorMetrics metrics;

  RecordBatches(Wiring wiring, AggregatorConfig config, AggregatorMetrics metrics) {
    this.wiring = wiring;
    this.config = config;
    this.metrics = metrics;
  }

  /**
   * What a consumer does with readable records in one transaction; must be idempotent.
   *
   * @param <E> the topic's event family
   */
  public interface Work<E> {
    /** Does it and returns what remains to be done after the commit. */
    Runnable apply(Tx tx, List<Decoded.Readable<E>> messages);
  }

  /** Applies all records, in order. */
  public <E> void run(
      Topic<E> topic, Iterable<ConsumerRecord<String, byte[]>> records, Work<E> work) {
    List<ConsumerRecord<String, byte[]>> slice = new ArrayList<>();
    long bytes = 0;
    for (ConsumerRecord<String, byte[]> record : records) {
      int size = Math.max(0, record.serializedValueSize());
      if (!slice.isEmpty() && bytes + size > config.transactionBytesMax()) {
        commit(topic, slice, work);
        slice = new ArrayList<>();
        bytes = 0;
      }
      slice.add(record);
      bytes += size;
    }
    if (!slice.isEmpty()) {
      commit(topic, slice, work);
    }
  }

  private <E> void commit(
      Topic<E> topic, List<ConsumerRecord<String, byte[]>> slice, Work<E> work) {
    while (true) {
      try {
        transact(topic, slice, work);
        return;
      } catch (RuntimeException e) {
        if (!wiring.isRunning()) {
          throw new Stopping(e.getMessage());
        }
        if (isPoison(e)) {
          isolate(topic, slice, work, e);
          return;
        }
        LOG.errorf(
            e,
            "Expected to apply records of %s, but the database refuses; trying on",
            topic.name());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private <E> void transact(
      Topic<E> topic, List<ConsumerRecord<String, byte[]>> slice, Work<E> work) {
    List<Decoded.Readable<E>> readable = new ArrayList<>(slice.size());
    List<OutboxRow> deadLetters = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : slice) {
      switch (Decoded.of(topic, record)) {
        case Decoded.Readable<E> message -> readable.add(message);
        case Decoded.Unreadable<E> dead ->
            deadLetters.add(OutboxRow.deadLetter(dead.record(), dead.reason()));
      }
    }
    Runnable afterCommit =
        wiring
            .database()
            .persistently(
                wiring::isRunning,
                tx -> {
                  Runnable rest = readable.isEmpty() ? () -> {} : work.apply(tx, readable);
                  tx.send(deadLetters);
                  return rest;
                });
    wiring.relay().wake();
    deadLetters.forEach(letter -> metrics.deadLettered(topic.name()));
    afterCommit.run();
  }

  /** Each record by itself, so that only what cannot be applied is left out. */
  private <E> void isolate(
      Topic<E> topic,
      List<ConsumerRecord<String, byte[]>> slice,
      Work<E> work,
      RuntimeException cause) {
    if (slice.size() > 1) {
      slice.forEach(record -> commit(topic, List.of(record), work));
      return;
    }
    ConsumerRecord<String, byte[]> record = slice.getFirst();
    LOG.errorf(
        cause,
        "Expected to apply %s/%d/%d, but it cannot be; it is dead-lettered",
        record.topic(),
        record.partition(),
        record.offset());
    String reason = "Expected to apply the record, but " + cause.getMessage();
    wiring
        .database()
        .persistently(
            wiring::isRunning,
            tx -> {
              tx.send(List.of(OutboxRow.deadLetter(record, reason)));
              return reason;
            });
    wiring.relay().wake();
    metrics.deadLettered(topic.name());
  }

  /**
   * Whether the record itself is at fault: a value the database cannot hold (class 22) or a
   * constraint it breaks (23), or contents that the core refuses. Anything else the database says
   * is about the database.
   */
  private static boolean isPoison(RuntimeException e) {
    if (e instanceof PgException pg) {
      String state = String.valueOf(pg.getSqlState());
      return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }
    return !(e instanceof DatabaseUnavailableException);
  }

  /**
   * The service stops before the batch was committed: thrown so that its offsets are not committed
   * either. Ordinary, so it carries no stack trace into the log.
   */
  private static final class Stopping extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopping(@Nullable String message) {
      super(message, null, false, false);
    }
  }
}
