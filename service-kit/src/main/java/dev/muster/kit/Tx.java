package dev.muster.kit;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What may be done inside a transaction. Arguments are bound, never pasted into the text; lists go
 * in as arrays for UNNEST.
 *
 * <p>Statements are gathered and go to the connection's event loop together, when the first answer
 * is asked for: each crossing between threads costs as much as a small statement. Neither the
 * connection nor BEGIN is waited for before the rest, so a transaction whose statements need none
 * of each other's answers costs one round trip. Should one of them fail, the database makes a
 * rollback of the COMMIT behind it.
 */
public final class Tx implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Tx.class);

  /** Shards of every outbox; a relay owns a shard by an advisory lock. */
  static final int OUTBOX_SHARDS = 4;

  /** So that work that only writes streams, and is not gathered whole. */
  private static final int GATHERED_MAX = 16;

  private final Future<SqlConnection> connection;
  private final String schema;
  private final Queue<CompletableFuture<RowSet<Row>>> underWay = new ArrayDeque<>();
  private List<Statement> gathered = new ArrayList<>();
  private volatile boolean ended;
  private boolean sent;
  private boolean committed;
  private boolean broken;

  /**
   * @param connection being borrowed; given back by {@link #close}
   * @param schema where the outbox lies
   */
  Tx(Future<SqlConnection> connection, String schema) {
    this.connection = connection;
    this.schema = schema;
    gather("BEGIN", null);
  }

  /** Runs a prepared statement; {@code $1}, {@code $2} … take the arguments in order. */
  public RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return ask(sql, arguments).get();
  }

  /**
   * Gathers a statement whose answer comes from the supplier: statements run in the order in which
   * they were asked for, and several under way at once cost one round trip. The supplier first
   * fails with whatever failed before.
   */
  public Supplier<RowSet<Row>> ask(String sql, @Nullable Object... arguments) {
    CompletableFuture<RowSet<Row>> answer = gather(sql, Tuple.from(arguments));
    return () -> {
      send();
      settle(answer);
      return Database.result(answer);
    };
  }

  /** Gathers a statement whose answer nobody needs; if it fails, so does the transaction. */
  public void later(String sql, @Nullable Object... arguments) {
    gather(sql, Tuple.from(arguments));
  }

  private CompletableFuture<RowSet<Row>> gather(String sql, @Nullable Tuple arguments) {
    CompletableFuture<RowSet<Row>> answer = new CompletableFuture<>();
    underWay.add(answer);
    gathered.add(new Statement(sql, arguments, answer));
    if (gathered.size() >= GATHERED_MAX) {
      send();
    }
    return answer;
  }

  private void send() {
    if (gathered.isEmpty()) {
      return;
    }
    sent = true;
    List<Statement> together = gathered;
    gathered = new ArrayList<>();
    connection.onComplete(borrowed -> {
      for (Statement statement : together) {
        if (borrowed.succeeded() && !ended) {
          statement.run(borrowed.result());
        } else {
          statement
              .answer()
              .completeExceptionally(
                  borrowed.succeeded() ? new CancellationException("it ended") : borrowed.cause());
        }
      }
    });
  }

  /**
   * Waits for an answer, and fails with the first failure of it and of all before it. The last is
   * waited for first, because then all others are there, and the thread sleeps once.
   */
  private void settle(CompletableFuture<RowSet<Row>> last) {
    RuntimeException late = null;
    try {
      Database.result(last);
    } catch (RuntimeException e) {
      late = e;
      broken = true;
    }
    while (underWay.contains(last)) {
      CompletableFuture<RowSet<Row>> earlier = underWay.remove();
      if (earlier.isCompletedExceptionally()) {
        broken = true;
        Database.result(earlier);
      }
    }
    if (late != null) {
      throw late;
    }
  }

  /**
   * Commits.
   *
   * @throws IllegalStateException when a statement failed and its exception was caught on the way:
   *     nothing can be committed after that
   */
  void commit() {
    if (broken) {
      throw new IllegalStateException(
          "Expected the work to end with its failed statement, but it went on");
    }
    CompletableFuture<RowSet<Row>> commit = gather("COMMIT", null);
    send();
    committed = true;
    settle(commit);
  }

  /** Rolls back unless it was committed, and gives the connection back. */
  @Override
  public void close() {
    if (sent && !committed) {
      rollback();
    }
    ended = true;
    connection.onSuccess(SqlConnection::close);
  }

  private void rollback() {
    // What was gathered and not sent has not happened.
    gathered = new ArrayList<>();
    CompletableFuture<RowSet<Row>> rollback = gather("ROLLBACK", null);
    send();
    try {
      Database.result(rollback);
    } catch (RuntimeException e) {
      LOG.debugf(
          e, "Expected to roll back, but the connection is gone; the database does it by itself");
    }
  }

  /** Runs a prepared statement and tells how many rows it changed. */
  public int update(String sql, @Nullable Object... arguments) {
    return query(sql, arguments).rowCount();
  }

  /** The transaction's time by the database's clock, the only clock that decides. */
  public Instant now() {
    return query("SELECT now()").iterator().next().get(OffsetDateTime.class, 0).toInstant();
  }

  /**
   * Puts records into the service's outbox in the order given; the relay sends them after the
   * commit.
   */
  public void send(List<OutboxRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int n = rows.size();
    Integer[] shards = new Integer[n];
    String[] topics = new String[n];
    Integer[] partitions = new Integer[n];
    String[] keys = new String[n];
    String[] types = new String[n];
    String[] traceparents = new String[n];
    Buffer[] values = new Buffer[n];
    String[] ids = new String[n];
    OffsetDateTime[] times = new OffsetDateTime[n];
    String[] causes = new String[n];
    for (int i = 0; i < n; i++) {
      OutboxRow row = rows.get(i);
      shards[i] = Math.floorMod(row.key().hashCode(), OUTBOX_SHARDS);
      topics[i] = row.topic();
      partitions[i] = row.partition();
      keys[i] = row.key();
      types[i] = row.type();
      traceparents[i] = row.traceparent();
      values[i] = Buffer.buffer(row.value());
      OutboxRow.Identity identity = row.identity();
      if (identity != null) {
        ids[i] = identity.id();
        times[i] = identity.at().atOffset(ZoneOffset.UTC);
        causes[i] = identity.causation();
      }
    }
    later(
        "INSERT INTO "
            + schema
            + ".outbox (shard, topic, partition, key, type, traceparent, value, event_id, event_at,"
            + " causation) SELECT * FROM unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[],"
            + " $7::bytea[], $8::text[], $9::timestamptz[], $10::text[])",
        shards,
        topics,
        partitions,
        keys,
        types,
        traceparents,
        values,
        ids,
        times,
        causes);
  }
}
