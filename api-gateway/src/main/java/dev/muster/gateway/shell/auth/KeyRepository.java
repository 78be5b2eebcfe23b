package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.shell.config.Secrets;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.function.Consumer;
import org.hibernate.reactive.mutiny.Mutiny;

/** Tenants and keys in the database. */
@ApplicationScoped
public class KeyRepository implements PanacheRepositoryBase<ApiKeyEntity, String> {
  /** Two gateways that start at once make one tenant. */
  private static final long BOOTSTRAP_LOCK = 0x6d75_7374_6572L;

  /** A key with its tenant, or null. */
  Uni<ApiKeyEntity> key(String id) {
    return Panache.withSession(() -> findById(id));
  }

  /**
   * Makes the tenant {@code default} and a key with all scopes, unless there is a tenant.
   *
   * @param key the new key
   * @param beforeCommit gets the key once it is certain to be the first; when it throws, nothing is
   *     made
   */
  Uni<Boolean> bootstrap(ApiKey key, Secrets secrets, Consumer<ApiKey> beforeCommit) {
    return Panache.withTransaction(() ->
        Panache.getSession()
            .flatMap(session ->
                session
                    .createNativeQuery(
                        "SELECT pg_advisory_xact_lock(" + BOOTSTRAP_LOCK + ")::text", String.class)
                    .getSingleResult()
                    .flatMap(locked ->
                        session
                            .createNativeQuery("SELECT count(*) FROM gateway.tenant", Long.class)
                            .getSingleResult())
                    .flatMap(tenants ->
                        tenants > 0
                            ? Uni.createFrom().item(false)
                            : insert(session, key, secrets)
                                .invoke(() -> beforeCommit.accept(key))
                                .replaceWith(true))));
  }

  private static Uni<Void> insert(Mutiny.Session session, ApiKey key, Secrets secrets) {
    Instant now = Instant.now();
    TenantEntity tenant = new TenantEntity();
    tenant.id = "default";
    tenant.name = "default";
    tenant.createdAt = now;
    ApiKeyEntity row = new ApiKeyEntity();
    row.id = key.id();
    row.tenant = tenant;
    row.label = "first key";
    row.secretMac = secrets.mac(key.secret());
    row.prefix = key.prefix();
    row.lastFour = key.lastFour();
    row.scopes = "read,write,admin";
    row.createdAt = now;
    return session.persistAll(tenant, row).call(session::flush);
  }
}
