package dev.muster.kit;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends a service's outbox to Kafka: at least once, in order per key. A relay owns shards by
 * advisory locks, so of several instances one sends each shard; it reads in order, sends, waits for
 * the broker's acknowledgement of all, and only then deletes. It never remembers a position: rows
 * that commit late are found by the next look (T-11).
 */
public final class OutboxRelay implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
  private static final int BATCH_MAX = 200;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(35);

  private final Database database;
  private final Producer<String, byte[]> producer;
  private final String source;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean running = true;
  private volatile boolean connected;

  /**
   * @param database whose schema holds the outbox
   * @param producer made with {@link KafkaClients#producer}; closed by its owner
   * @param source CloudEvents source, such as {@code /muster/job-planner}
   */
  public OutboxRelay(Database database, Producer<String, byte[]> producer, String source) {
    this.database = database;
    this.producer = producer;
    this.source = source;
    this.thread = Thread.ofPlatform().name("outbox-relay").daemon().unstarted(this::run);
  }

  /** Starts the relay's thread. */
  public OutboxRelay start() {
    thread.start();
    return this;
  }

  /** Something was committed: look now instead of at the next poll. */
  public void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Whether the last look at the outbox worked. */
  public boolean isConnected() {
    return connected;
  }

  /** Stops after the batch under way; what is left in the outbox is sent by the next start. */
  @Override
  public void close() {
    running = false;
    wake.release();
    try {
      thread.join(ACK_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (running) {
      SqlConnection connection = null;
      try {
        connection = database.dedicated();
        relay(connection);
      } catch (RuntimeException e) {
        connected = false;
        LOG.warnf(
            "Expected to relay the outbox of %s, but %s; next try in 500 ms",
            database.schema(), e.getMessage());
        pause(Duration.ofMillis(500));
      } finally {
        if (connection != null) {
          release(connection);
        }
      }
    }
  }

  /** Gives the connection back without the locks, which would otherwise live on in the pool and keep every relay out. */
  private static void release(SqlConnection connection) {
    try {
      Database.await(connection.query("SELECT pg_advisory_unlock_all()").execute());
    } catch (RuntimeException e) {
      LOG.debugf("Expected to release the outbox locks, but the session is gone (%s), and they with it", e.getMessage());
    }
    connection.close();
  }

  private void relay(SqlConnection connection) {
    Integer[] owned = new Integer[0];
    long nextLockTry = 0;
    while (running) {
      if (owned.length < Tx.OUTBOX_SHARDS && System.nanoTime() - nextLockTry >= 0) {
        owned = lockShards(connection, owned);
        nextLockTry = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      }
      int sent = owned.length == 0 ? 0 : sendBatch(connection, owned);
      connected = true;
      if (sent < BATCH_MAX) {
        pause(POLL);
      }
    }
  }

  private Integer[] lockShards(SqlConnection connection, Integer[] owned) {
    List<Integer> shards = new ArrayList<>(List.of(owned));
    for (int shard = 0; shard < Tx.OUTBOX_SHARDS; shard++) {
      if (!shards.contains(shard)) {
        Row row =
            Database.await(
                    connection
                        .preparedQuery("SELECT pg_try_advisory_lock(hashtext($1), $2)")
                        .execute(Tuple.of("muster.outbox." + database.schema(), shard)))
                .iterator()
                .next();
        if (row.getBoolean(0)) {
          shards.add(shard);
        }
      }
    }
    return shards.toArray(Integer[]::new);
  }

  /**
   * Sends one batch and returns its size. A failed acknowledgement deletes nothing: the whole batch
   * goes out again, in order.
   */
  private int sendBatch(SqlConnection connection, Integer[] owned) {
    String outbox = database.schema() + ".outbox";
    RowSet<Row> rows =
        Database.await(
            connection
                .preparedQuery(
                    "SELECT id, topic, partition, key, type, traceparent, value, created_at FROM "
                        + outbox
                        + " WHERE shard = ANY($1) ORDER BY id LIMIT "
                        + BATCH_MAX)
                .execute(Tuple.of(owned)));
    if (rows.size() == 0) {
      return 0;
    }
    List<Long> ids = new ArrayList<>(rows.size());
    List<Future<RecordMetadata>> acks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      ids.add(row.getLong("id"));
      acks.add(producer.send(toRecord(row)));
    }
    producer.flush();
    for (Future<RecordMetadata> ack : acks) {
      awaitAck(ack);
    }
    Database.await(
        connection
            .preparedQuery("DELETE FROM " + outbox + " WHERE id = ANY($1)")
            .execute(Tuple.of(ids.toArray(Long[]::new))));
    return ids.size();
  }

  private ProducerRecord<String, byte[]> toRecord(Row row) {
    Buffer value = row.getBuffer("value");
    @Nullable Integer partition = row.getInteger("partition");
    Instant at = row.get(OffsetDateTime.class, "created_at").toInstant();
    return Headers.add(
        new ProducerRecord<>(
            row.getString("topic"), partition, row.getString("key"), value.getBytes()),
        database.schema() + "-" + row.getLong("id"),
        row.getString("type"),
        source,
        at,
        row.getString("traceparent"));
  }

  private static void awaitAck(Future<RecordMetadata> ack) {
    try {
      ack.get(ACK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while the broker's acknowledgement was awaited", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker did not acknowledge: " + e.getMessage(), e);
    }
  }

  private void pause(Duration time) {
    try {
      if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }
}
