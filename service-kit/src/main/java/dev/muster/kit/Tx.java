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
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be done inside a transaction. Arguments are bound, never pasted into the text; lists go
 * in as arrays for UNNEST.
 */
public final class Tx {
  /** Shards of every outbox; a relay owns a shard by an advisory lock. */
  static final int OUTBOX_SHARDS = 4;

  private final SqlConnection connection;
  private final String schema;
  private final Queue<Future<RowSet<Row>>> underWay = new ArrayDeque<>();
  private boolean broken;

  Tx(SqlConnection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** Runs a prepared statement; {@code $1}, {@code $2} … take the arguments in order. */
  public RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return ask(sql, arguments).get();
  }

  /**
   * Sends a statement and does not wait: statements run in the order in which they were sent, and
   * several under way at once cost one round trip. The answer comes from the supplier, which first
   * fails with whatever failed before.
   */
  public Supplier<RowSet<Row>> ask(String sql, @Nullable Object... arguments) {
    Future<RowSet<Row>> answer = connection.preparedQuery(sql).execute(Tuple.from(arguments));
    underWay.add(answer);
    return () -> {
      while (underWay.contains(answer)) {
        await(underWay.remove());
      }
      return await(answer);
    };
  }

  /** Sends a statement whose answer nobody needs; if it fails, so does the transaction. */
  public void later(String sql, @Nullable Object... arguments) {
    underWay.add(connection.preparedQuery(sql).execute(Tuple.from(arguments)));
  }

  /** Waits for all that is under way. */
  void settle() {
    while (!underWay.isEmpty()) {
      await(underWay.remove());
    }
  }

  private RowSet<Row> await(Future<RowSet<Row>> answer) {
    try {
      return Database.await(answer);
    } catch (RuntimeException e) {
      broken = true;
      throw e;
    }
  }

  /**
   * Nothing can be committed after a statement failed.
   *
   * @throws IllegalStateException when one failed and its exception was caught on the way
   */
  void checkIntact() {
    if (broken) {
      throw new IllegalStateException(
          "Expected the work to end with its failed statement, but it went on");
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
