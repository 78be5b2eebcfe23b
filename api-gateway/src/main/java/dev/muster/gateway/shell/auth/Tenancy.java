package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.key.KeyRequest;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.key.TenantRequest;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.store.DatabaseWatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes, shows and ends tenants and keys, for threads that may block. Each is one statement, since
 * times, and whether a key would have ended already, are for the database's clock to say.
 */
@ApplicationScoped
public class Tenancy {
  private static final String KEY_COLUMNS =
      "id, prefix, tenant, label, last_four, scopes, created_at, expires_at, revoked_at";
  private static final String TENANT_COLUMNS = "id, name, disabled, created_at";

  private final Pool pool;
  private final DatabaseWatch watch;
  private final KeyVerifier verifier;
  private final Secrets secrets;

  Tenancy(Pool pool, DatabaseWatch watch, KeyVerifier verifier, Secrets secrets) {
    this.pool = pool;
    this.watch = watch;
    this.verifier = verifier;
    this.secrets = secrets;
  }

  /**
   * A key that was made; the only time that anybody sees it whole.
   *
   * @param key the key
   * @param row what is kept of it
   */
  public record Made(ApiKey key, KeyRow row) {}

  /**
   * Makes a key; empty when it would have ended already.
   *
   * @param tenant an existing tenant
   */
  public Optional<Made> makeKey(String tenant, KeyRequest request) {
    ApiKey key = ApiKey.of(Secrets.letters(ApiKey.RANDOM_CHARACTERS));
    return first(
            query(
                "INSERT INTO gateway.api_key (id, tenant, label, secret_mac, prefix, last_four,"
                    + " scopes, created_at, expires_at)"
                    + " SELECT $1, $2, $3, $4, $5, $6, $7, now(), $8::timestamptz"
                    + " WHERE $8::timestamptz IS NULL OR $8::timestamptz > now()"
                    + " RETURNING "
                    + KEY_COLUMNS,
                key.id(),
                tenant,
                request.label(),
                Buffer.buffer(secrets.mac(key.secret())),
                key.prefix(),
                key.lastFour(),
                Scope.words(request.scopes()),
                utc(request.expiresAt())))
        .map(row -> new Made(key, key(row)));
  }

  /** The key of an id such as {@code mk_0123456789}. */
  public Optional<KeyRow> key(String keyId) {
    return ApiKey.idOf(keyId)
        .flatMap(
            id -> first(query("SELECT " + KEY_COLUMNS + " FROM gateway.api_key WHERE id = $1", id)))
        .map(Tenancy::key);
  }

  /** Keys of a tenant in order of their id, revoked ones included. */
  public List<KeyRow> keys(String tenant, String afterKeyId, int limit) {
    List<KeyRow> keys = new ArrayList<>();
    for (Row row :
        query(
            "SELECT "
                + KEY_COLUMNS
                + " FROM gateway.api_key WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
            tenant,
            ApiKey.idOf(afterKeyId).orElse(""),
            limit)) {
      keys.add(key(row));
    }
    return keys;
  }

  /**
   * Ends a key for good: here at once, on other gateways within the time a key is believed. Doing
   * it again changes nothing.
   */
  public Optional<KeyRow> revoke(String keyId) {
    Optional<Row> revoked =
        ApiKey.idOf(keyId)
            .flatMap(id ->
                first(
                    query(
                        "UPDATE gateway.api_key SET revoked_at = COALESCE(revoked_at, now())"
                            + " WHERE id = $1 RETURNING "
                            + KEY_COLUMNS,
                        id)));
    revoked.ifPresent(row -> verifier.forget(row.getString("id")));
    return revoked.map(Tenancy::key);
  }

  /** Makes a tenant; empty when there is one of this id. */
  public Optional<TenantRow> makeTenant(TenantRequest request) {
    return first(
            query(
                "INSERT INTO gateway.tenant (id, name, created_at) VALUES ($1, $2, now())"
                    + " ON CONFLICT (id) DO NOTHING RETURNING "
                    + TENANT_COLUMNS,
                request.id(),
                request.name()))
        .map(Tenancy::tenant);
  }

  /** A tenant. */
  public Optional<TenantRow> tenant(String id) {
    return first(query("SELECT " + TENANT_COLUMNS + " FROM gateway.tenant WHERE id = $1", id))
        .map(Tenancy::tenant);
  }

  /** Tenants in order of their id. */
  public List<TenantRow> tenants(String afterId, int limit) {
    List<TenantRow> tenants = new ArrayList<>();
    for (Row row :
        query(
            "SELECT " + TENANT_COLUMNS + " FROM gateway.tenant WHERE id > $1 ORDER BY id LIMIT $2",
            afterId,
            limit)) {
      tenants.add(tenant(row));
    }
    return tenants;
  }

  private RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return watch.await(pool.preparedQuery(sql).execute(Tuple.from(arguments)));
  }

  private static Optional<Row> first(RowSet<Row> rows) {
    return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
  }

  private static KeyRow key(Row row) {
    return new KeyRow(
        row.getString("prefix"),
        row.getString("tenant"),
        row.getString("label"),
        row.getString("last_four"),
        List.of(row.getString("scopes").split(",", -1)),
        row.get(OffsetDateTime.class, "created_at").toInstant(),
        instant(row, "expires_at"),
        instant(row, "revoked_at"));
  }

  private static TenantRow tenant(Row row) {
    return new TenantRow(
        row.getString("id"),
        row.getString("name"),
        row.getBoolean("disabled"),
        row.get(OffsetDateTime.class, "created_at").toInstant());
  }

  private static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.get(OffsetDateTime.class, column);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }
}
