package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of objects. Whoever changes them holds the bucket's row. */
final class ObjectRows {
  private static final String COLUMNS = "key, id, sha256, bytes, content_type, modified_at";

  private ObjectRows() {}

  /**
   * What was deleted.
   *
   * @param owners who held the bytes
   * @param bytes how many
   */
  record Gone(List<String> owners, long bytes) {}

  static Optional<StoredObject> find(Tx tx, String tenant, String key) {
    for (Row row :
        tx.query(
            "SELECT " + COLUMNS + " FROM gateway.object WHERE tenant = $1 AND key = $2",
            tenant,
            key)) {
      return Optional.of(object(row));
    }
    return Optional.empty();
  }

  /** Writes an object, over the one that was there under its key. */
  static StoredObject put(
      Tx tx, String tenant, String key, String id, Sha256 digest, long bytes, String type) {
    return object(
        tx.query(
                "INSERT INTO gateway.object (tenant, key, id, sha256, bytes, content_type)"
                    + " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, key) DO UPDATE"
                    + " SET id = excluded.id, sha256 = excluded.sha256, bytes = excluded.bytes,"
                    + " content_type = excluded.content_type, modified_at = now() RETURNING "
                    + COLUMNS,
                tenant,
                key,
                id,
                Buffer.buffer(digest.bytes()),
                bytes,
                type)
            .iterator()
            .next());
  }

  /** Keys from one on, that begin with the prefix, in the order of their bytes. */
  static List<StoredObject> page(Tx tx, String tenant, String prefix, String from, int limit) {
    List<StoredObject> found = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT "
                + COLUMNS
                + " FROM gateway.object WHERE tenant = $1 AND key >= $2 AND key >= $3"
                + " AND ($4::text IS NULL OR key < $4) ORDER BY key LIMIT $5",
            tenant,
            prefix,
            from,
            ObjectKey.behind(prefix).orElse(null),
            limit)) {
      found.add(object(row));
    }
    return found;
  }

  static Gone delete(Tx tx, String tenant, List<String> keys) {
    return gone(
        tx.query(
            "DELETE FROM gateway.object WHERE tenant = $1 AND key = ANY ($2) RETURNING id, bytes",
            tenant,
            keys.toArray(String[]::new)));
  }

  /** Deletes some of what was written until then below a prefix. */
  static Gone deleteBelow(Tx tx, String tenant, String prefix, Instant until, int max) {
    return gone(
        tx.query(
            "DELETE FROM gateway.object WHERE tenant = $1 AND key IN (SELECT key"
                + " FROM gateway.object WHERE tenant = $1 AND key >= $2"
                + " AND ($3::text IS NULL OR key < $3) AND modified_at <= $4"
                + " ORDER BY key LIMIT $5) RETURNING id, bytes",
            tenant,
            prefix,
            ObjectKey.behind(prefix).orElse(null),
            OffsetDateTime.ofInstant(until, ZoneOffset.UTC),
            max));
  }

  /** Whether any key is taken that a move would write. */
  static boolean isTaken(Tx tx, String tenant, String from, String to, @Nullable String behind) {
    return tx.query(
                "SELECT FROM gateway.object o WHERE o.tenant = $1 AND o.key >= $2"
                    + " AND o.key < coalesce($4, $2 || chr(1)) AND EXISTS (SELECT"
                    + " FROM gateway.object t WHERE t.tenant = $1"
                    + " AND t.key = $3 || substr(o.key, length($2) + 1)) LIMIT 1",
                tenant,
                from,
                to,
                behind)
            .size()
        > 0;
  }

  /** Gives objects other keys; the bytes stay where they are. */
  static int move(Tx tx, String tenant, String from, String to, @Nullable String behind) {
    return tx.update(
        "UPDATE gateway.object SET key = $3 || substr(key, length($2) + 1), modified_at = now()"
            + " WHERE tenant = $1 AND key >= $2 AND key < coalesce($4, $2 || chr(1))",
        tenant,
        from,
        to,
        behind);
  }

  private static Gone gone(RowSet<Row> rows) {
    List<String> owners = new ArrayList<>();
    long bytes = 0;
    for (Row row : rows) {
      owners.add(StoredObject.owner(Objects.requireNonNull(row.getString("id"))));
      bytes += row.getLong("bytes");
    }
    return new Gone(owners, bytes);
  }

  private static StoredObject object(Row row) {
    return new StoredObject(
        row.getString("key"),
        row.getString("id"),
        Sha256.of(row.getBuffer("sha256").getBytes()),
        row.getLong("bytes"),
        row.getString("content_type"),
        row.get(OffsetDateTime.class, "modified_at").toInstant());
  }
}
