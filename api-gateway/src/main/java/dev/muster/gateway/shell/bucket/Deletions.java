package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.StoreConfig;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deletions of folders with all below. Each is a row, and happens in steps of one transaction each:
 * whoever does the next step finds what is left, whatever became of the one before.
 */
@Singleton
public class Deletions {
  private static final int STEP_MAX = 1_000;

  private final Database database;
  private final Buckets buckets;
  private final Blobs blobs;
  private final StoreConfig config;

  Deletions(Database database, Buckets buckets, Blobs blobs, StoreConfig config) {
    this.database = database;
    this.buckets = buckets;
    this.blobs = blobs;
    this.config = config;
  }

  /**
   * A deletion.
   *
   * @param id its id
   * @param prefix what it deletes
   * @param deleted objects so far
   * @param bytes that came back so far
   * @param doneAt when nothing was left; null before
   */
  public record Deletion(
      String id, String prefix, long deleted, long bytes, @Nullable Instant doneAt) {}

  /** Notes what is to be deleted: all that begins with the prefix now. */
  public Deletion begin(String tenant, String prefix) {
    String id = Blobs.newId().value().toLowerCase(Locale.ROOT);
    return database.transaction(tx -> {
      Promises.settle(tx, blobs, tenant, config.bucketBytesMax());
      tx.update(
          "INSERT INTO gateway.object_deletion (id, tenant, prefix) VALUES ($1, $2, $3)",
          id,
          tenant,
          prefix);
      return find(tx, tenant, id).orElseThrow();
    });
  }

  /** The tenant's deletion. */
  public Optional<Deletion> find(String tenant, String id) {
    return database.transaction(tx -> find(tx, tenant, id));
  }

  private static Optional<Deletion> find(Tx tx, String tenant, String id) {
    for (Row row :
        tx.query(
            "SELECT id, prefix, deleted, bytes, done_at FROM gateway.object_deletion"
                + " WHERE tenant = $1 AND id = $2",
            tenant,
            id)) {
      OffsetDateTime done = row.get(OffsetDateTime.class, "done_at");
      return Optional.of(
          new Deletion(
              row.getString("id"),
              row.getString("prefix"),
              row.getLong("deleted"),
              row.getLong("bytes"),
              done == null ? null : done.toInstant()));
    }
    return Optional.empty();
  }

  /** Does one step; false when nobody has to do another one. */
  public boolean step(String id) {
    return database.transaction(tx -> {
      for (Row row :
          tx.query(
              "SELECT tenant, prefix, asked_at FROM gateway.object_deletion"
                  + " WHERE id = $1 AND done_at IS NULL FOR UPDATE",
              id)) {
        return step(tx, id, row);
      }
      return false;
    });
  }

  private boolean step(Tx tx, String id, Row row) {
    String tenant = row.getString("tenant");
    BucketRows.lock(tx, tenant);
    ObjectRows.Gone gone =
        ObjectRows.deleteBelow(
            tx,
            tenant,
            row.getString("prefix"),
            row.get(OffsetDateTime.class, "asked_at").toInstant(),
            STEP_MAX);
    buckets.forget(tx, tenant, gone);
    boolean done = gone.owners().size() < STEP_MAX;
    tx.update(
        "UPDATE gateway.object_deletion SET deleted = deleted + $2, bytes = bytes + $3,"
            + " done_at = CASE WHEN $4 THEN now() END WHERE id = $1",
        id,
        (long) gone.owners().size(),
        gone.bytes(),
        done);
    return !done;
  }

  /** Deletions that nobody has finished. */
  List<String> open(int max) {
    return database.transaction(tx -> {
      List<String> ids = new ArrayList<>();
      for (Row row :
          tx.query(
              "SELECT id FROM gateway.object_deletion WHERE done_at IS NULL"
                  + " ORDER BY asked_at LIMIT $1",
              max)) {
        ids.add(row.getString("id"));
      }
      return ids;
    });
  }

  /** Forgets deletions that ended long ago. */
  void forgetOld() {
    database.transaction(tx ->
        tx.update("DELETE FROM gateway.object_deletion WHERE done_at < now() - interval '1 day'"));
  }
}
