package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.bucket.StoredObject;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Artifacts that become objects when their attempt has succeeded. Every look at a bucket settles
 * them first, so whoever sees that the job has ended finds its files.
 */
final class Promises {
  private static final int BATCH_MAX = 500;
  private static final String TYPE = "application/octet-stream";

  private Promises() {}

  /** Promises an object; the room for it is taken. */
  static void make(Tx tx, String tenant, String artifact, String key, long bytes) {
    tx.update(
        "INSERT INTO gateway.object_promise (artifact_id, tenant, key, bytes)"
            + " VALUES ($1, $2, $3, $4)",
        artifact,
        tenant,
        key,
        bytes);
  }

  /** Tenants some of whose promises can be settled. */
  static List<String> tenants(Tx tx, int max) {
    List<String> tenants = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT DISTINCT p.tenant FROM gateway.object_promise p LEFT JOIN gateway.artifact a"
                + " ON a.id = p.artifact_id WHERE a.id IS NULL OR a.kept LIMIT $1",
            max)) {
      tenants.add(row.getString("tenant"));
    }
    return tenants;
  }

  /** Keeps promises that can be kept, and gives the room of broken ones back. */
  static void settle(Tx tx, Blobs blobs, String tenant, long quotaUsual) {
    if (!isDue(tx, tenant)) {
      return;
    }
    BucketRows.lock(tx, tenant);
    long freed = broken(tx, tenant);
    List<String> settled;
    do {
      settled = new ArrayList<>();
      freed += keepSome(tx, blobs, tenant, settled);
      tx.update(
          "DELETE FROM gateway.object_promise WHERE artifact_id = ANY ($1)",
          (Object) settled.toArray(String[]::new));
    } while (settled.size() == BATCH_MAX);
    BucketRows.charge(tx, tenant, -freed, quotaUsual);
  }

  private static long keepSome(Tx tx, Blobs blobs, String tenant, List<String> settled) {
    long freed = 0;
    for (Row row :
        tx.query(
            "SELECT p.artifact_id, p.key, p.bytes, a.sha256 FROM gateway.object_promise p"
                + " JOIN gateway.artifact a ON a.id = p.artifact_id WHERE p.tenant = $1"
                + " AND (a.kept OR "
                + ArtifactRepository.SUCCEEDED
                + ") ORDER BY p.artifact_id LIMIT $2",
            tenant,
            BATCH_MAX)) {
      settled.add(row.getString("artifact_id"));
      freed += keep(tx, blobs, tenant, row) ? 0 : row.getLong("bytes");
    }
    return freed;
  }

  private static boolean isDue(Tx tx, String tenant) {
    return tx.query(
                "SELECT FROM gateway.object_promise p LEFT JOIN gateway.artifact a"
                    + " ON a.id = p.artifact_id WHERE p.tenant = $1 AND (a.id IS NULL OR a.kept OR "
                    + ArtifactRepository.SUCCEEDED
                    + ") LIMIT 1",
                tenant)
            .size()
        > 0;
  }

  private static long broken(Tx tx, String tenant) {
    long bytes = 0;
    for (Row row :
        tx.query(
            "DELETE FROM gateway.object_promise p WHERE p.tenant = $1 AND NOT EXISTS"
                + " (SELECT FROM gateway.artifact a WHERE a.id = p.artifact_id) RETURNING p.bytes",
            tenant)) {
      bytes += row.getLong("bytes");
    }
    return bytes;
  }

  /** What somebody else has written under the key stays, and the artifact is still there. */
  private static boolean keep(Tx tx, Blobs blobs, String tenant, Row row) {
    String key = Objects.requireNonNull(row.getString("key"));
    Sha256 digest = Sha256.of(row.getBuffer("sha256").getBytes());
    if (ObjectRows.find(tx, tenant, key).isPresent()) {
      return false;
    }
    String id = Blobs.newId().value();
    return blobs
        .share(tx, tenant, digest, StoredObject.owner(id))
        .map(blob -> ObjectRows.put(tx, tenant, key, id, blob.digest(), blob.bytes(), TYPE))
        .isPresent();
  }
}
