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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Verifies keys. What the database said is believed for a few seconds, so that it is off the hot
 * path; a revoked key therefore lives on for that long. A key in use is asked for again in half
 * that time and beside the requests, so that none of them waits.
 */
@ApplicationScoped
public class KeyVerifier {
  private static final Logger LOG = Logger.getLogger(KeyVerifier.class);
  private static final int CACHED_MAX = 10_000;
  private static final byte[] NOBODY = new byte[32];
  private static final Duration ANSWER_MAX = Duration.ofMillis(900);

  /** So long after it was valid a key is looked up whatever else comes from its address. */
  private static final long TRUSTED_NANOS = TimeUnit.HOURS.toNanos(1);

  private final KeyRepository repository;
  private final Secrets secrets;
  private final long cacheNanos;
  private final Counter queries;
  private final Map<String, Cached> cache = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Cached>> loading = new ConcurrentHashMap<>();

  /** What the database said: nanos is the monotonic time at which it was asked. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Cached(long nanos, byte[] secretMac, @Nullable Principal principal) {
    long age() {
      return System.nanoTime() - nanos;
    }
  }

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
    if (cached == null || cached.age() > cacheNanos) {
      cached = load(key.id());
    } else if (cached.principal() != null && cached.age() > cacheNanos / 2) {
      refresh(key.id());
    }
    // Compared for unknown ids as well, so that both take the same time.
    boolean same = MessageDigest.isEqual(cached.secretMac(), secrets.mac(key.secret()));
    return same ? Optional.ofNullable(cached.principal()) : Optional.empty();
  }

  /**
   * Whose key it is that was verified before; empty when it has been revoked since.
   *
   * @param keyId the id from a {@link Principal}, never from a request
   * @throws DatabaseUnavailableException when the database does not answer
   */
  public Optional<Principal> current(String keyId) {
    Cached cached = cache.get(keyId);
    if (cached == null || cached.age() > cacheNanos) {
      cached = load(keyId);
    }
    return Optional.ofNullable(cached.principal());
  }

  /** Whether a key of this id can be verified without asking, or was valid within the hour. */
  boolean isFamiliar(String id) {
    Cached cached = cache.get(id);
    return cached != null
        && cached.age() <= (cached.principal() == null ? cacheNanos : TRUSTED_NANOS);
  }

  /** Asks again for a key at its next use: it was revoked here. */
  public void forget(String id) {
    cache.remove(id);
  }

  private void refresh(String id) {
    if (loading.containsKey(id)) {
      return;
    }
    Thread.ofVirtual()
        .name("key-refresh")
        .start(() -> {
          try {
            load(id);
          } catch (DatabaseUnavailableException e) {
            LOG.debugf("Expected to look for a key again, but %s; its use will", e.getMessage());
          }
        });
  }

  /** Asks the database; requests that come at the same time share one question. */
  private Cached load(String id) {
    CompletableFuture<Cached> mine = new CompletableFuture<>();
    CompletableFuture<Cached> other = loading.putIfAbsent(id, mine);
    if (other != null) {
      return joined(other);
    }
    try {
      Cached cached = ask(id);
      if (cache.size() >= CACHED_MAX) {
        cache.clear();
      }
      cache.put(id, cached);
      mine.complete(cached);
      return cached;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      loading.remove(id, mine);
    }
  }

  private static Cached joined(CompletableFuture<Cached> other) {
    try {
      return other.join();
    } catch (CompletionException e) {
      throw new DatabaseUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  private Cached ask(String id) {
    queries.increment();
    long before = System.nanoTime();
    ApiKeyEntity row = await(ANSWER_MAX, () -> repository.key(id));
    if (row == null || row.revokedAt != null) {
      return new Cached(before, NOBODY, null);
    }
    return new Cached(
        before,
        row.secretMac,
        new Principal(
            row.id,
            row.tenant.id,
            Scope.parse(row.scopes),
            row.expiresAt,
            row.expired,
            row.tenant.disabled));
  }

  /**
   * Waits for work on the database.
   *
   * @throws DatabaseUnavailableException when it fails or takes too long
   */
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
