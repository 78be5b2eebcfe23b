package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.dispatcher.shard.ShardQuota;
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

/**
 * Who owns which shard. Living instances share the shards evenly: one that has more than its part
 * gives the surplus back, one that has less takes what is free. An owner writes nothing without
 * renewing its rows in the same transaction: if one of them has another owner, the transaction
 * writes nothing. The row lock makes a taker wait for a transaction that is under way.
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

  /**
   * Takes free shards up to this instance's part, and tells which it owns then. Those it owned
   * before are among them.
   */
  Set<Integer> acquire() {
    return database.transaction(tx -> {
      tx.later("DELETE FROM dispatcher.instance WHERE until < now() - interval '1 hour'");
      return acquire(tx, quota(tx));
    });
  }

  /** Says that this instance lives, and tells how many shards it should own now. */
  int quota(Tx tx) {
    tx.later(
        "INSERT INTO dispatcher.instance (id, until) VALUES ($1, now() + $2::bigint * interval '1"
            + " millisecond') ON CONFLICT (id) DO UPDATE SET until = EXCLUDED.until",
        owner,
        length.toMillis());
    Row row =
        tx.query(
                "SELECT count(*) FILTER (WHERE (i.since, i.id) < (me.since, me.id))::int AS older,"
                    + " count(*)::int AS living FROM dispatcher.instance i, dispatcher.instance me"
                    + " WHERE me.id = $1 AND i.until > now()",
                owner)
            .iterator()
            .next();
    return ShardQuota.of(Topic.SHARDS, row.getInteger("older"), row.getInteger("living"));
  }

  /** Takes free shards until this instance owns so many, and tells which it owns then. */
  Set<Integer> acquire(Tx tx, int quota) {
    RowSet<Row> rows =
        tx.query(
            "INSERT INTO dispatcher.shard_lease AS l (shard, owner, epoch, until)"
                + " SELECT s, $2, 1, now() + $3::bigint * interval '1 millisecond'"
                + " FROM generate_series(0, $1::int - 1) AS s"
                + " LEFT JOIN dispatcher.shard_lease k ON k.shard = s"
                + " WHERE k.shard IS NULL OR k.until < now() OR k.owner IS NULL OR k.owner = $2"
                + " ORDER BY k.owner = $2 DESC NULLS LAST, s LIMIT $4::int"
                + " ON CONFLICT (shard) DO UPDATE SET owner = EXCLUDED.owner, epoch = l.epoch + 1,"
                + " until = EXCLUDED.until WHERE l.until < now() OR l.owner IS NULL"
                + " OR l.owner = EXCLUDED.owner RETURNING shard",
            Topic.SHARDS,
            owner,
            length.toMillis(),
            quota);
    Set<Integer> taken = new TreeSet<>();
    rows.forEach(row -> taken.add(row.getInteger(0)));
    return taken;
  }

  /** Gives some shards of this owner back, so that another instance can take them at once. */
  void giveBack(Tx tx, Set<Integer> shards) {
    tx.update(
        "UPDATE dispatcher.shard_lease SET owner = NULL, until = now() WHERE owner = $1 AND shard ="
            + " ANY($2)",
        owner,
        shards.toArray(Integer[]::new));
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

  /** Gives all shards of this owner back: it lives no more. */
  void release() {
    database.transaction(tx -> {
      tx.later("DELETE FROM dispatcher.instance WHERE id = $1", owner);
      return tx.update(
          "UPDATE dispatcher.shard_lease SET owner = NULL, until = now() WHERE owner = $1", owner);
    });
  }
}
