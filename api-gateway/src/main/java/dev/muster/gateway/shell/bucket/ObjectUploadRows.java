package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.bucket.ObjectKey;
import dev.muster.gateway.s3.S3Operation;
import dev.muster.gateway.shell.blob.BlobParts;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of uploads in parts by S3 clients. */
final class ObjectUploadRows {
  private ObjectUploadRows() {}

  /**
   * A part that is there.
   *
   * @param written what the store needs to find it
   * @param digest its SHA-256
   * @param bytes how many
   */
  record Part(PartWritten written, Sha256 digest, long bytes) {}

  static void insert(
      Tx tx,
      String tenant,
      String id,
      String key,
      BlobParts.Session session,
      String type,
      long lifeMillis) {
    tx.update(
        "INSERT INTO gateway.object_upload (id, tenant, key, blob_id, session, content_type,"
            + " expires_at) VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond')",
        id,
        tenant,
        key,
        session.blob().value(),
        session.name(),
        type,
        lifeMillis);
  }

  static Optional<ObjectUpload> find(Tx tx, String tenant, String id, String key, boolean lock) {
    for (Row row :
        tx.query(
            "SELECT id, key, blob_id, session, content_type, created_at"
                + " FROM gateway.object_upload"
                + " WHERE tenant = $1 AND id = $2 AND key = $3 AND expires_at > now()"
                + (lock ? " FOR UPDATE" : ""),
            tenant,
            id,
            key)) {
      return Optional.of(upload(row));
    }
    return Optional.empty();
  }

  /** Ids are ULIDs, so that they sort as their uploads were begun. */
  static List<ObjectUpload> underWay(Tx tx, String tenant, S3Operation.ListUploads list, int max) {
    List<ObjectUpload> found = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT id, key, blob_id, session, content_type, created_at"
                + " FROM gateway.object_upload WHERE tenant = $1 AND expires_at > now()"
                + " AND key >= $2 AND ($3::text IS NULL OR key < $3)"
                + " AND ($4::text IS NULL OR key > $4 OR key = $4 AND id > $5)"
                + " ORDER BY key, id LIMIT $6",
            tenant,
            list.prefix(),
            ObjectKey.behind(list.prefix()).orElse(null),
            list.afterKey(),
            list.afterUpload(),
            max)) {
      found.add(upload(row));
    }
    return found;
  }

  private static ObjectUpload upload(Row row) {
    return new ObjectUpload(
        row.getString("id"),
        row.getString("key"),
        new BlobParts.Session(new BlobId(row.getString("blob_id")), row.getString("session")),
        row.getString("content_type"),
        row.get(OffsetDateTime.class, "created_at").toInstant());
  }

  /** Notes a part; the same number again replaces it. False when the upload is gone. */
  static boolean note(Tx tx, String upload, Part part) {
    return tx.update(
            "INSERT INTO gateway.object_part (upload_id, number, bytes, sha256, receipt)"
                + " SELECT id, $2::int, $3::bigint, $4::bytea, $5::text"
                + " FROM gateway.object_upload WHERE id = $1 FOR SHARE"
                + " ON CONFLICT (upload_id, number) DO UPDATE SET bytes = excluded.bytes,"
                + " sha256 = excluded.sha256, receipt = excluded.receipt",
            upload,
            part.written().number(),
            part.bytes(),
            Buffer.buffer(part.digest().bytes()),
            part.written().receipt())
        == 1;
  }

  static Map<Integer, Part> parts(Tx tx, String upload) {
    Map<Integer, Part> parts = new TreeMap<>();
    for (Row row :
        tx.query(
            "SELECT number, bytes, sha256, receipt FROM gateway.object_part WHERE upload_id = $1",
            upload)) {
      int number = row.getInteger("number");
      parts.put(
          number,
          new Part(
              new PartWritten(number, row.getString("receipt")),
              Sha256.of(row.getBuffer("sha256").getBytes()),
              row.getLong("bytes")));
    }
    return parts;
  }

  /** Bytes of parts that are no object yet, of all uploads of a tenant. */
  static long waiting(Tx tx, String tenant) {
    return tx.query(
            "SELECT coalesce(sum(p.bytes), 0)::bigint AS bytes FROM gateway.object_part p"
                + " JOIN gateway.object_upload u ON u.id = p.upload_id WHERE u.tenant = $1",
            tenant)
        .iterator()
        .next()
        .getLong("bytes");
  }

  static void delete(Tx tx, String upload) {
    tx.update("DELETE FROM gateway.object_upload WHERE id = $1", upload);
  }

  /** Forgets uploads whose time is over; their files are loose and go by themselves. */
  static int dropExpired(Tx tx, int max) {
    return tx.update(
        "DELETE FROM gateway.object_upload WHERE id IN (SELECT id FROM gateway.object_upload"
            + " WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)",
        max);
  }
}
