package dev.muster.gateway.shell.artifact;

import dev.muster.gateway.blob.BlobId;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.blob.BlobStore.PartWritten;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of uploads in parts. */
final class UploadRows {
  private UploadRows() {}

  static void insert(Tx tx, String tenant, Upload upload) {
    tx.update(
        "INSERT INTO gateway.upload (id, tenant, blob_id, session, name, bytes, part_bytes,"
            + " sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9)",
        upload.id(),
        tenant,
        upload.blob().value(),
        upload.session(),
        upload.name(),
        upload.bytes(),
        upload.partBytes(),
        upload.digest() == null ? null : Buffer.buffer(upload.digest().bytes()),
        OffsetDateTime.ofInstant(upload.expiresAt(), ZoneOffset.UTC));
  }

  /** The tenant's upload, while its time is not over. */
  static Optional<Upload> find(Tx tx, String tenant, String id) {
    return select(tx, tenant, id, "");
  }

  /** The same, and nobody else completes or aborts it until the transaction ends. */
  static Optional<Upload> lock(Tx tx, String tenant, String id) {
    return select(tx, tenant, id, " FOR UPDATE");
  }

  private static Optional<Upload> select(Tx tx, String tenant, String id, String lock) {
    for (Row row :
        tx.query(
            "SELECT id, blob_id, session, name, bytes, part_bytes, sha256, expires_at"
                + " FROM gateway.upload WHERE tenant = $1 AND id = $2 AND expires_at > now()"
                + lock,
            tenant,
            id)) {
      Buffer digest = row.getBuffer("sha256");
      return Optional.of(
          new Upload(
              row.getString("id"),
              new BlobId(row.getString("blob_id")),
              row.getString("session"),
              row.getString("name"),
              row.getLong("bytes"),
              row.getLong("part_bytes"),
              digest == null ? null : Sha256.of(digest.getBytes()),
              row.get(OffsetDateTime.class, "expires_at").toInstant()));
    }
    return Optional.empty();
  }

  /** Notes a part; the same number again replaces it. False when the upload is gone. */
  static boolean note(Tx tx, String upload, PartWritten part, long bytes, Sha256 digest) {
    return tx.update(
            "INSERT INTO gateway.upload_part (upload_id, number, bytes, sha256, receipt)"
                + " SELECT id, $2::int, $3::bigint, $4::bytea, $5::text FROM gateway.upload WHERE id = $1 FOR SHARE"
                + " ON CONFLICT (upload_id, number) DO UPDATE SET bytes = excluded.bytes,"
                + " sha256 = excluded.sha256, receipt = excluded.receipt",
            upload,
            part.number(),
            bytes,
            Buffer.buffer(digest.bytes()),
            part.receipt())
        == 1;
  }

  /** The parts that are there, in their order. */
  static List<PartWritten> parts(Tx tx, String upload) {
    List<PartWritten> parts = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT number, receipt FROM gateway.upload_part WHERE upload_id = $1 ORDER BY number",
            upload)) {
      parts.add(new PartWritten(row.getInteger("number"), row.getString("receipt")));
    }
    return parts;
  }

  static void delete(Tx tx, String upload) {
    tx.update("DELETE FROM gateway.upload WHERE id = $1", upload);
  }

  /** Forgets uploads whose time is over; their files are loose and go by themselves. */
  static int dropExpired(Tx tx, int max) {
    return tx.update(
        "DELETE FROM gateway.upload WHERE id IN (SELECT id FROM gateway.upload"
            + " WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)",
        max);
  }
}
