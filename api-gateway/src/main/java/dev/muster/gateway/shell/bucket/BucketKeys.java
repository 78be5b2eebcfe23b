package dev.muster.gateway.shell.bucket;

import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Keys of S3 clients. A client signs with a secret that the gateway must know, so no hash of it
 * would do: it is derived from the key's id under the gateway's pepper, and lies nowhere.
 */
@Singleton
public class BucketKeys {
  /** Most keys of a tenant that hold. */
  public static final int KEYS_MAX = 50;

  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int RANDOM_CHARACTERS = 17;

  private final Database database;
  private final Secrets secrets;

  BucketKeys(Database database, Secrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /**
   * A key.
   *
   * @param id what clients call the access key
   * @param label what its owner calls it
   * @param createdAt when it was made
   */
  public record Key(String id, String label, Instant createdAt) {}

  /**
   * Whose a key is.
   *
   * @param tenant whose
   * @param disabled whether the tenant is disabled
   * @param now the time of the database
   */
  public record Holder(String tenant, boolean disabled, Instant now) {}

  /** The secret of a key. */
  public String secret(String id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secrets.mac("s3\n" + id));
  }

  /** Makes a key; empty when the tenant has as many as it may have. */
  public Optional<Key> create(String tenant, String label) {
    return database.transaction(tx -> {
      tx.query("SELECT FROM gateway.tenant WHERE id = $1 FOR UPDATE", tenant);
      return list(tx, tenant).size() >= KEYS_MAX
          ? Optional.empty()
          : Optional.of(insert(tx, tenant, label, false));
    });
  }

  private static Key insert(Tx tx, String tenant, String label, boolean own) {
    Row row =
        tx.query(
                "INSERT INTO gateway.bucket_key (id, tenant, label, own) VALUES ($1, $2, $3, $4)"
                    + " RETURNING id, label, created_at",
                newId(),
                tenant,
                label,
                own)
            .iterator()
            .next();
    return key(row);
  }

  /** The keys of a tenant that hold. */
  public List<Key> list(String tenant) {
    return database.transaction(tx -> list(tx, tenant));
  }

  private static List<Key> list(Tx tx, String tenant) {
    List<Key> keys = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT id, label, created_at FROM gateway.bucket_key WHERE tenant = $1 AND NOT own"
                + " AND revoked_at IS NULL ORDER BY created_at, id",
            tenant)) {
      keys.add(key(row));
    }
    return keys;
  }

  /** Ends a key at once; false when there is none that holds. */
  public boolean revoke(String tenant, String id) {
    return database.transaction(tx ->
        tx.update(
                "UPDATE gateway.bucket_key SET revoked_at = now() WHERE tenant = $1 AND id = $2"
                    + " AND NOT own AND revoked_at IS NULL",
                tenant,
                id)
            == 1);
  }

  /** Whose a key is that holds. */
  public Optional<Holder> holder(String id) {
    return database.transaction(tx -> {
      for (Row row :
          tx.query(
              "SELECT k.tenant, t.disabled FROM gateway.bucket_key k JOIN gateway.tenant t"
                  + " ON t.id = k.tenant WHERE k.id = $1 AND k.revoked_at IS NULL",
              id)) {
        return Optional.of(
            new Holder(row.getString("tenant"), row.getBoolean("disabled"), tx.now()));
      }
      return Optional.empty();
    });
  }

  /** The key under which the gateway signs URLs of a tenant, and the time of the database. */
  public record Signing(String id, Instant now) {}

  /** The gateway's own key of a tenant, made when there is none. */
  public Signing own(String tenant) {
    return database.transaction(tx -> {
      tx.update(
          "INSERT INTO gateway.bucket_key (id, tenant, label, own) VALUES ($1, $2, '', true)"
              + " ON CONFLICT DO NOTHING",
          newId(),
          tenant);
      String id =
          tx.query("SELECT id FROM gateway.bucket_key WHERE tenant = $1 AND own", tenant)
              .iterator()
              .next()
              .getString("id");
      return new Signing(id, tx.now());
    });
  }

  private static String newId() {
    StringBuilder id = new StringBuilder("MUB");
    for (int letter : Secrets.letters(RANDOM_CHARACTERS)) {
      id.append(ALPHABET.charAt(letter % ALPHABET.length()));
    }
    return id.toString();
  }

  private static Key key(Row row) {
    return new Key(
        row.getString("id"),
        row.getString("label"),
        row.get(OffsetDateTime.class, "created_at").toInstant());
  }
}
