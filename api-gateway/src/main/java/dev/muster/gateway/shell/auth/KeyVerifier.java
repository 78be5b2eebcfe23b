package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.DatabaseUnavailableException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies keys. What the database said is believed for a few seconds, so that it is off the hot
 * path; a revoked key therefore lives on for that long.
 */
@ApplicationScoped
public class KeyVerifier {
  private static final int CACHED_MAX = 10_000;
  private static final byte[] NOBODY = new byte[32];
  private static final Duration ANSWER_MAX = Duration.ofMillis(900);

  private final KeyRepository repository;
  private final Secrets secrets;
  private final long cacheNanos;
  private final Counter queries;
  private final Map<String, Cached> cache = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Cached(long nanos, byte[] secretMac, @Nullable Principal principal) {}

  KeyVerifier(
      KeyRepository repository, Secrets secrets, GatewayConfig config, MeterRegistry metrics) {
    this.repository = repository;
    this.secrets = secrets;
    this.cacheNanos = config.keyCache().toNanos();
    this.queries = metrics.counter("api_key_queries_total");
  }

  /**
   * Whose key this is; empty when it is nobody's.
   *
   * @throws DatabaseUnavailableException when the database does not answer
   */
  public Optional<Principal> verify(ApiKey key) {
    Cached cached = cache.get(key.id());
    if (cached == null || System.nanoTime() - cached.nanos() > cacheNanos) {
      cached = load(key.id());
      if (cache.size() >= CACHED_MAX) {
        cache.clear();
      }
      cache.put(key.id(), cached);
    }
    // Compared for unknown ids as well, so that both take the same time.
    boolean same = MessageDigest.isEqual(cached.secretMac(), secrets.mac(key.secret()));
    return same ? Optional.ofNullable(cached.principal()) : Optional.empty();
  }

  private Cached load(String id) {
    queries.increment();
    ApiKeyEntity row = await(ANSWER_MAX, () -> repository.key(id));
    if (row == null || row.revokedAt != null) {
      return new Cached(System.nanoTime(), NOBODY, null);
    }
    return new Cached(
        System.nanoTime(),
        row.secretMac,
        new Principal(row.tenant.id, Scope.parse(row.scopes), row.expiresAt, row.tenant.disabled));
  }

  static <T> @Nullable T await(Duration atMost, Supplier<Uni<T>> work) {
    try {
      return VertxContextSupport.subscribeAndAwait(
          () -> work.get().ifNoItem().after(atMost).fail());
    } catch (Throwable e) {
      if (e instanceof Error error) {
        throw error;
      }
      throw new DatabaseUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
