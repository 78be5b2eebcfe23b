package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.bucket.BucketUsage;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of buckets and what is used of their quotas. */
final class BucketRows {
  private BucketRows() {}

  /** Makes the tenant's bucket when it has none. */
  static void ensure(Tx tx, String tenant, String alias) {
    tx.update(
        "INSERT INTO gateway.bucket (tenant, alias) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING",
        tenant,
        alias);
  }

  /** The tenant's bucket. */
  static Optional<BucketUsage> usage(Tx tx, String tenant, long quotaUsual) {
    for (Row row :
        tx.query(
            "SELECT alias, used_bytes, coalesce(quota_bytes, $2) AS quota FROM gateway.bucket"
                + " WHERE tenant = $1",
            tenant,
            quotaUsual)) {
      return Optional.of(
          new BucketUsage(row.getString("alias"), row.getLong("used_bytes"), row.getLong("quota")));
    }
    return Optional.empty();
  }

  /** Whoever holds this row alone changes the tenant's objects, so sums stay exact. */
  static void lock(Tx tx, String tenant) {
    tx.query("SELECT FROM gateway.bucket WHERE tenant = $1 FOR UPDATE", tenant);
  }

  /**
   * Takes room, or gives some back.
   *
   * @param bytes how many more; negative when there are fewer
   * @return whether there was room; there is always room for fewer
   */
  static boolean charge(Tx tx, String tenant, long bytes, long quotaUsual) {
    return tx.update(
            "UPDATE gateway.bucket SET used_bytes = used_bytes + $2 WHERE tenant = $1"
                + " AND ($2 <= 0 OR used_bytes + $2 <= coalesce(quota_bytes, $3))",
            tenant,
            bytes,
            quotaUsual)
        == 1;
  }

  /** Sets the quota; null for the usual one. */
  static void changeQuota(Tx tx, String tenant, @Nullable Long bytes) {
    tx.update("UPDATE gateway.bucket SET quota_bytes = $2 WHERE tenant = $1", tenant, bytes);
  }

  /** The first folder under {@code jobs/} that is nobody's, of those that the job may have. */
  static boolean claimFolder(Tx tx, String tenant, String slug, String job) {
    return tx.update(
            "INSERT INTO gateway.job_folder (tenant, slug, job_id) SELECT $1, $2, $3"
                + " WHERE NOT EXISTS (SELECT FROM gateway.object WHERE tenant = $1"
                + " AND key >= 'jobs/' || $2::text || '/' AND key < 'jobs/' || $2::text || '0')"
                + " ON CONFLICT DO NOTHING",
            tenant,
            slug,
            job)
        == 1;
  }

  /** The folder that is a job's. */
  static Optional<String> folder(Tx tx, String tenant, String job) {
    for (Row row :
        tx.query(
            "SELECT slug FROM gateway.job_folder WHERE tenant = $1 AND job_id = $2", tenant, job)) {
      return Optional.of(Objects.requireNonNull(row.getString("slug")));
    }
    return Optional.empty();
  }
}
