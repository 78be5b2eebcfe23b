package dev.muster.gateway.shell.keyvalue;

import dev.muster.gateway.keyvalue.Precondition;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code gateway.key_value}. Every statement names the tenant and the project. */
public final class KeyValueRepository {
  private KeyValueRepository() {}

  /**
   * Where a document is.
   *
   * @param tenant whose
   * @param project in which project
   */
  public record Space(String tenant, String project) {}

  /**
   * A document.
   *
   * @param key its name in the project
   * @param value JSON, byte for byte as it was put
   * @param version grows with every change, and is never given again
   */
  public record Entry(String key, String value, long version, Instant updatedAt) {}

  /** What became of a wish to change something. */
  public sealed interface Change {
    /**
     * It is done.
     *
     * @param entry the document now; as it was where it was deleted
     * @param created whether there was none before
     */
    record Done(Entry entry, boolean created) implements Change {}

    /** The precondition does not hold. */
    record Unmet() implements Change {}

    /** There is no such document to delete. */
    record Absent() implements Change {}

    /** The project has as many as it may. */
    record Full() implements Change {}
  }

  /** Whether there is such a project; it stays until the transaction ends. */
  public static boolean exists(Tx tx, Space space) {
    return tx.query(
                "SELECT name FROM gateway.project WHERE tenant = $1 AND name = $2 FOR KEY SHARE",
                space.tenant(),
                space.project())
            .size()
        > 0;
  }

  /** One document. */
  public static Optional<Entry> find(Tx tx, Space space, String key) {
    for (Row row :
        tx.query(
            "SELECT key, value, version, updated_at FROM gateway.key_value"
                + " WHERE tenant = $1 AND project = $2 AND key = $3",
            space.tenant(),
            space.project(),
            key)) {
      return Optional.of(entry(row));
    }
    return Optional.empty();
  }

  /**
   * Documents in the order of their keys.
   *
   * @param prefix what their keys begin with
   * @param after the key after which the page begins; null for the first page
   */
  public static List<Entry> list(
      Tx tx, Space space, String prefix, @Nullable String after, int limit) {
    List<Entry> entries = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT key, value, version, updated_at FROM gateway.key_value"
                + " WHERE tenant = $1 AND project = $2 AND starts_with(key, $3)"
                + " AND ($4::text IS NULL OR key > $4) ORDER BY key LIMIT $5",
            space.tenant(),
            space.project(),
            prefix,
            after,
            limit)) {
      entries.add(entry(row));
    }
    return entries;
  }

  /**
   * Puts a document where the precondition holds; of two that ask for the same version one wins.
   *
   * @param countMax most documents of the project
   */
  public static Change put(
      Tx tx, Space space, String key, String value, Precondition precondition, int countMax) {
    lock(tx, space);
    Optional<Entry> before = find(tx, space, key);
    if (!precondition.holds(before.map(Entry::version).orElse(null))) {
      return new Change.Unmet();
    }
    if (before.isEmpty() && count(tx, space) >= countMax) {
      return new Change.Full();
    }
    Row row =
        tx.query(
                "INSERT INTO gateway.key_value AS kv (tenant, project, key, value)"
                    + " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, project, key) DO UPDATE"
                    + " SET value = excluded.value, version = excluded.version, updated_at = now()"
                    + " RETURNING key, value, version, updated_at",
                space.tenant(),
                space.project(),
                key,
                value)
            .iterator()
            .next();
    return new Change.Done(entry(row), before.isEmpty());
  }

  /** Deletes a document where the precondition holds. */
  public static Change delete(Tx tx, Space space, String key, Precondition precondition) {
    lock(tx, space);
    Optional<Entry> before = find(tx, space, key);
    if (before.isEmpty()) {
      return new Change.Absent();
    }
    if (!precondition.holds(before.get().version())) {
      return new Change.Unmet();
    }
    tx.update(
        "DELETE FROM gateway.key_value WHERE tenant = $1 AND project = $2 AND key = $3",
        space.tenant(),
        space.project(),
        key);
    return new Change.Done(before.get(), false);
  }

  /** Changes of one project come one after the other, so that what is compared still holds. */
  private static void lock(Tx tx, Space space) {
    tx.query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 100))",
        "key_value " + space.tenant() + " " + space.project());
  }

  private static long count(Tx tx, Space space) {
    return tx.query(
            "SELECT count(*) AS n FROM gateway.key_value WHERE tenant = $1 AND project = $2",
            space.tenant(),
            space.project())
        .iterator()
        .next()
        .getLong("n");
  }

  private static Entry entry(Row row) {
    return new Entry(
        row.getString("key"),
        row.getString("value"),
        row.getLong("version"),
        row.get(OffsetDateTime.class, "updated_at").toInstant());
  }
}
