package dev.muster.kit;

import dev.muster.kit.trace.RecordSpans;
import dev.muster.kit.trace.Tracing;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
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
  private static final int BATCH_BYTES_MAX = 8 * 1024 * 1024;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LAG_INTERVAL = Duration.ofSeconds(2);
  private static final Duration ACK_LATE = Duration.ofSeconds(5);

  private final Database database;
  private final Producer<String, byte[]> producer;
  private final String source;
  private final Tracing tracing;
  private final Pace pace = new Pace(Duration.ofMillis(5), 5);
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean running = true;
  private volatile boolean connected;
  private volatile OutboxLag lag = OutboxLag.NONE;
  private long nextLagNanos = System.nanoTime();

  /**
   * @param database whose schema holds the outbox
   * @param producer made with {@link KafkaClients#outboxProducer}; closed by its owner
   * @param source CloudEvents source, such as {@code /muster/job-planner}
   * @param tracing records the sending; closed by its owner
   */
  public OutboxRelay(
      Database database, Producer<String, byte[]> producer, String source, Tracing tracing) {
    this.database = database;
    this.producer = producer;
    this.source = source;
    this.tracing = tracing;
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

  /** Whether the last look at the outbox worked, and the broker does not leave it waiting. */
  public boolean isConnected() {
    return connected;
  }

  /** How much waits to be sent; as of the last sample while the database is away. */
  public OutboxLag lag() {
    return lag;
  }

  /** Stops after the batch under way; what is left in the outbox is sent by the next start. */
  @Override
  public void close() {
    running = false;
    wake.release();
    try {
      thread.join(ACK_LATE);
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

  /**
   * Gives the connection back without the locks, which would otherwise live on in the pool and keep
   * every relay out.
   */
  private static void release(SqlConnection connection) {
    try {
      Database.await(connection.query("SELECT pg_advisory_unlock_all()").execute());
    } catch (RuntimeException e) {
      LOG.debugf(
          "Expected to release the outbox locks, but the session is gone (%s), and they with it",
          e.getMessage());
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
      sampleLag(connection);
      int sent = owned.length == 0 ? 0 : sendBatch(connection, owned);
      connected = true;
      if (sent > 0) {
        pace.await();
      }
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
   * Sends one batch and returns its size. What is refused at once (say, for want of metadata) stops
   * the batch, so that nothing overtakes it; a failure leaves it and what is behind it for the next
   * batch, and deletes what the broker has acknowledged before it.
   */
  private int sendBatch(SqlConnection connection, Integer[] owned) {
    RowSet<Row> rows = readBatch(connection, owned);
    List<Long> ids = new ArrayList<>(rows.size());
    List<Future<RecordMetadata>> acks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      Future<RecordMetadata> ack = RecordSpans.send(tracing, producer, toRecord(row), null);
      ids.add(row.getLong("id"));
      acks.add(ack);
      if (ack.isDone() && ack.state() == Future.State.FAILED) {
        break;
      }
    }
    int acknowledged = 0;
    try {
      for (Future<RecordMetadata> ack : acks) {
        awaitAck(connection, ack);
        acknowledged++;
      }
    } finally {
      if (acknowledged > 0) {
        delete(connection, ids.subList(0, acknowledged));
      }
    }
    return ids.size();
  }

  /** The oldest rows of the shards, up to a number and a size; one row at least. */
  private RowSet<Row> readBatch(SqlConnection connection, Integer[] owned) {
    String sql =
        "SELECT id, topic, partition, key, type, traceparent, value, created_at,"
            + " event_id, event_at, causation FROM"
            + " (SELECT *, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS before FROM"
            + " (SELECT * FROM "
            + database.schema()
            + ".outbox WHERE shard = ANY($1) ORDER BY id LIMIT "
            + BATCH_MAX
            + ") AS oldest) AS sized WHERE before < "
            + BATCH_BYTES_MAX
            + " ORDER BY id";
    return Database.await(connection.preparedQuery(sql).execute(Tuple.of(owned)));
  }

  /**
   * Deletes what the broker has. The commit is not waited for on disk: a deletion that a crash of
   * the database takes back only sends its rows once more.
   */
  private void delete(SqlConnection connection, List<Long> ids) {
    Database.await(
        connection
            .preparedQuery(
                "DELETE FROM "
                    + database.schema()
                    + ".outbox USING (SELECT set_config('synchronous_commit', 'off', true)) AS lazily"
                    + " WHERE id = ANY($1)")
            .execute(Tuple.of(ids.toArray(Long[]::new))));
  }

  private ProducerRecord<String, byte[]> toRecord(Row row) {
    Buffer value = row.getBuffer("value");
    @Nullable Integer partition = row.getInteger("partition");
    @Nullable String id = row.getString("event_id");
    @Nullable OffsetDateTime at = row.get(OffsetDateTime.class, "event_at");
    return Headers.add(
        new ProducerRecord<>(
            row.getString("topic"), partition, row.getString("key"), value.getBytes()),
        id == null ? database.schema() + "-" + row.getLong("id") : id,
        row.getString("type"),
        source,
        (at == null ? row.get(OffsetDateTime.class, "created_at") : at).toInstant(),
        row.getString("traceparent"),
        row.getString("causation"));
  }

  /**
   * Waits as long as it takes: were an unacknowledged record given up, one of the same key behind
   * it could be stored before it.
   */
  private void awaitAck(SqlConnection connection, Future<RecordMetadata> ack) {
    long since = System.nanoTime();
    while (true) {
      try {
        ack.get(500, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        if (!running) {
          throw new IllegalStateException("it stops before the broker acknowledged", e);
        }
        connected = connected && System.nanoTime() - since < ACK_LATE.toNanos();
        sampleLag(connection);
      } catch (ExecutionException e) {
        throw new IllegalStateException("the broker did not acknowledge: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("it was interrupted while it waited for the broker", e);
      }
    }
  }

  private void sampleLag(SqlConnection connection) {
    if (System.nanoTime() - nextLagNanos >= 0) {
      lag = OutboxLag.read(connection, database.schema());
      nextLagNanos = System.nanoTime() + LAG_INTERVAL.toNanos();
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
