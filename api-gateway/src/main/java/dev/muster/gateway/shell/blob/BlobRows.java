package dev.muster.gateway.shell.blob;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The rows of blobs. A file has a row in {@code blob_loose} before it has a byte, and moves to
 * {@code blob} in the transaction that needs it, so no crash leaves a file that nobody knows.
 */
final class BlobRows {
  private static final String COLUMNS = "SELECT id, tenant, sha256, bytes FROM gateway.blob";

  private BlobRows() {}

  /** Announces a file, or moves its deletion on. */
  static void announce(Tx tx, BlobId id, Duration life) {
    tx.update(
        "INSERT INTO gateway.blob_loose (id, delete_after)"
            + " VALUES ($1, now() + $2 * interval '1 millisecond')"
            + " ON CONFLICT (id) DO UPDATE SET delete_after = excluded.delete_after"
            + " WHERE gateway.blob_loose.delete_after > '-infinity'",
        id.value(),
        life.toMillis());
  }

  /** Gives a file up: the collector's next round deletes it. */
  static void giveUp(Tx tx, BlobId id) {
    tx.update(
        "UPDATE gateway.blob_loose SET delete_after = now() - interval '1 second'"
            + " WHERE id = $1 AND delete_after > '-infinity'",
        id.value());
  }

  /**
   * Makes a loose file a blob of the tenant, or finds the blob with the same content that is there
   * already and gives the file up.
   *
   * @throws IllegalStateException when the file is not loose any more
   */
  static Blob keep(Tx tx, String tenant, Staging.Staged staged, String owner) {
    Blob kept = insert(tx, tenant, staged);
    while (kept == null) {
      kept = locked(tx, tenant, staged.digest());
      if (kept == null) {
        // The collector took the other one between the two statements: now there is room.
        kept = insert(tx, tenant, staged);
      } else {
        giveUp(tx, staged.id());
      }
    }
    reference(tx, kept, owner);
    return kept;
  }

  private static @Nullable Blob insert(Tx tx, String tenant, Staging.Staged staged) {
    int inserted =
        tx.update(
            "INSERT INTO gateway.blob (id, tenant, sha256, bytes) VALUES ($1, $2, $3, $4)"
                + " ON CONFLICT (tenant, sha256) DO NOTHING",
            staged.id().value(),
            tenant,
            Buffer.buffer(staged.digest().bytes()),
            staged.bytes());
    if (inserted == 0) {
      return null;
    }
    claim(tx, staged.id());
    return new Blob(staged.id(), tenant, staged.digest(), staged.bytes());
  }

  private static void claim(Tx tx, BlobId id) {
    int claimed =
        tx.update(
            "DELETE FROM gateway.blob_loose WHERE id = $1 AND delete_after > '-infinity'",
            id.value());
    if (claimed != 1) {
      throw new IllegalStateException(
          "Expected to keep a file that was just written, but the collector has it");
    }
  }

  /** One more reference to what is there already. */
  static Optional<Blob> share(Tx tx, String tenant, Sha256 digest, String owner) {
    Blob blob = locked(tx, tenant, digest);
    if (blob != null) {
      reference(tx, blob, owner);
    }
    return Optional.ofNullable(blob);
  }

  /** The lock keeps the collector away until the reference is committed. */
  private static @Nullable Blob locked(Tx tx, String tenant, Sha256 digest) {
    return one(
        tx.query(
            COLUMNS + " WHERE tenant = $1 AND sha256 = $2 FOR SHARE",
            tenant,
            Buffer.buffer(digest.bytes())));
  }

  private static void reference(Tx tx, Blob blob, String owner) {
    tx.update(
        "INSERT INTO gateway.blob_ref (owner, blob_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        owner,
        blob.id().value());
  }

  /** Gives back all references of these owners; again changes nothing. */
  static void release(Tx tx, List<String> owners) {
    tx.update(
        "WITH gone AS (DELETE FROM gateway.blob_ref WHERE owner = ANY ($1) RETURNING blob_id)"
            + " UPDATE gateway.blob SET released_at = now()"
            + " WHERE id IN (SELECT blob_id FROM gone)",
        (Object) owners.toArray(String[]::new));
  }

  static @Nullable Blob find(Tx tx, String tenant, Sha256 digest) {
    return one(
        tx.query(
            COLUMNS + " WHERE tenant = $1 AND sha256 = $2", tenant, Buffer.buffer(digest.bytes())));
  }

  /**
   * Blobs whose last reference is gone for so long become loose files that are being deleted.
   *
   * @return how many rows were looked at
   */
  static int dropUnreferenced(Tx tx, Duration grace, int max) {
    String[] ids =
        ids(
            tx.query(
                "SELECT id FROM gateway.blob"
                    + " WHERE released_at < now() - $1 * interval '1 millisecond'"
                    + " ORDER BY released_at LIMIT $2 FOR UPDATE SKIP LOCKED",
                grace.toMillis(),
                max));
    // The locks are held: who wants a reference waits, and then finds the row gone.
    tx.update(
        "WITH gone AS (DELETE FROM gateway.blob b WHERE b.id = ANY ($1)"
            + " AND NOT EXISTS (SELECT FROM gateway.blob_ref r WHERE r.blob_id = b.id)"
            + " RETURNING b.id)"
            + " INSERT INTO gateway.blob_loose (id, delete_after) SELECT id, '-infinity' FROM gone",
        (Object) ids);
    tx.update("UPDATE gateway.blob SET released_at = NULL WHERE id = ANY ($1)", (Object) ids);
    return ids.length;
  }

  /** Loose files whose time is over; from the commit on nobody can claim them. */
  static List<BlobId> takeAbandoned(Tx tx, int max) {
    String[] ids =
        ids(
            tx.query(
                "SELECT id FROM gateway.blob_loose WHERE delete_after < now()"
                    + " ORDER BY delete_after LIMIT $1 FOR UPDATE SKIP LOCKED",
                max));
    tx.update(
        "UPDATE gateway.blob_loose SET delete_after = '-infinity' WHERE id = ANY ($1)",
        (Object) ids);
    return List.of(ids).stream().map(BlobId::new).toList();
  }

  /** Forgets files that are deleted. */
  static void forget(Tx tx, List<BlobId> ids) {
    tx.update(
        "DELETE FROM gateway.blob_loose WHERE id = ANY ($1)",
        (Object) ids.stream().map(BlobId::value).toArray(String[]::new));
  }

  private static String[] ids(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.getString("id"))
        .toArray(String[]::new);
  }

  private static @Nullable Blob one(RowSet<Row> rows) {
    return rows.size() == 0 ? null : blob(rows.iterator().next());
  }

  static Blob blob(Row row) {
    return new Blob(
        new BlobId(row.getString("id")),
        row.getString("tenant"),
        Sha256.of(row.getBuffer("sha256").getBytes()),
        row.getLong("bytes"));
  }
}
