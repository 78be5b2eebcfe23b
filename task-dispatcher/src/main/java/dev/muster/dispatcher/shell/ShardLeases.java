package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Who owns which shard. An owner writes nothing without renewing its rows in the same transaction:
 * if one of them has another owner, the transaction writes nothing. The row lock makes a taker wait
 * for a transaction that is under way.
 */
final class ShardLeases {
  private final Database database;
  private final String owner;
  private final Duration length;

  /**
   * @param owner unique for every run of an instance
   */
  ShardLeases(Database database, String owner, Duration length) {
    this.database = database;
    this.owner = owner;
    this.length = length;
  }

  /** Takes all shards that are free, and tells which were. */
  Set<Integer> acquire() {
    Integer[] shards = IntStream.range(0, Topic.SHARDS).boxed().toArray(Integer[]::new);
    return database.transaction(tx -> {
      RowSet<Row> rows =
          tx.query(
              "INSERT INTO dispatcher.shard_lease AS l (shard, owner, epoch, until) SELECT s, $2,"
                  + " 1, now() + $3::bigint * interval '1 millisecond' FROM unnest($1::int[]) AS s"
                  + " ON CONFLICT (shard) DO UPDATE SET owner = EXCLUDED.owner, epoch = l.epoch +"
                  + " 1, until = EXCLUDED.until WHERE l.until < now() OR l.owner IS NULL OR l.owner"
                  + " = EXCLUDED.owner RETURNING shard",
              shards,
              owner,
              length.toMillis());
      Set<Integer> taken = new TreeSet<>();
      rows.forEach(row -> taken.add(row.getInteger(0)));
      return taken;
    });
  }

  /**
   * Renews the shards in the transaction of their owner.
   *
   * @return the database's time, or nothing when one of them has another owner
   */
  Optional<Instant> renew(Tx tx, Set<Integer> shards) {
    RowSet<Row> rows =
        tx.query(
            "UPDATE dispatcher.shard_lease SET until = now() + $3::bigint * interval '1"
                + " millisecond' WHERE owner = $1 AND shard = ANY($2) RETURNING now()",
            owner,
            shards.toArray(Integer[]::new),
            length.toMillis());
    return rows.size() == shards.size()
        ? Optional.of(rows.iterator().next().get(OffsetDateTime.class, 0).toInstant())
        : Optional.empty();
  }

  /** Gives all shards of this owner back. */
  void release() {
    database.transaction(tx ->
        tx.update(
            "UPDATE dispatcher.shard_lease SET owner = NULL, until = now() WHERE owner = $1",
            owner));
  }
}
