package dev.muster.kit;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * What may be done inside a transaction. Arguments are bound, never pasted into the text; lists go
 * in as arrays for UNNEST.
 */
public final class Tx {
  /** Shards of every outbox; a relay owns a shard by an advisory lock. */
  static final int OUTBOX_SHARDS = 4;

  private final SqlConnection connection;
  private final String schema;

  Tx(SqlConnection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** Runs a prepared statement; {@code $1}, {@code $2} … take the arguments in order. */
  public RowSet<Row> query(String sql, Object... arguments) {
    return Database.await(connection.preparedQuery(sql).execute(Tuple.from(arguments)));
  }

  /** Runs a prepared statement and tells how many rows it changed. */
  public int update(String sql, Object... arguments) {
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
    for (int i = 0; i < n; i++) {
      OutboxRow row = rows.get(i);
      shards[i] = Math.floorMod(row.key().hashCode(), OUTBOX_SHARDS);
      topics[i] = row.topic();
      partitions[i] = row.partition();
      keys[i] = row.key();
      types[i] = row.type();
      traceparents[i] = row.traceparent();
      values[i] = Buffer.buffer(row.value());
    }
    query(
        "INSERT INTO "
            + schema
            + ".outbox (shard, topic, partition, key, type, traceparent, value)"
            + " SELECT * FROM unnest($1::int[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bytea[])",
        shards,
        topics,
        partitions,
        keys,
        types,
        traceparents,
        values);
  }
}
