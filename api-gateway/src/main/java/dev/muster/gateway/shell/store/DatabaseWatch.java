package dev.muster.gateway.shell.store;

import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the database without hanging on one that is gone. An answer that takes long is
 * waited for as long as the database answers something else; when it does not, the wait ends within
 * a second. So a slow query is never mistaken for an outage, nor is a machine on which everything
 * is slow: whatever the database has answered just now speaks for it.
 */
public final class DatabaseWatch {
  private static final long LOOK_MILLIS = 450;
  private static final long PROBE_MILLIS = 400;
  private static final long PROBE_FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final Pool pool;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile long probedAtNanos = System.nanoTime() - PROBE_FRESH_NANOS;
  private volatile long heardAtNanos = System.nanoTime() - PROBE_FRESH_NANOS;
  private volatile boolean alive = true;

  public DatabaseWatch(Pool pool) {
    this.pool = pool;
  }

  /**
   * Waits for the answer to a query.
   *
   * @throws DatabaseUnavailableException when the database is gone
   */
  public <T> T await(Future<T> answer) {
    watch(answer.toCompletionStage().toCompletableFuture());
    T told = Database.await(answer);
    heard();
    return told;
  }

  /** The database has answered something. */
  void heard() {
    heardAtNanos = System.nanoTime();
  }

  /**
   * Waits for work that blocks on the database. When the wait ends early the work goes on, and
   * whether it succeeds is not known.
   *
   * @throws DatabaseUnavailableException when the database is gone
   */
  public <T> T call(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        done.complete(work.get());
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    });
    return result(done);
  }

  /** Waits for what another thread completes after it has used the database. */
  <T> T result(CompletableFuture<T> done) {
    watch(done);
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw gone("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  private void watch(CompletableFuture<?> done) {
    while (true) {
      try {
        done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        return; // told by whoever takes the result
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw gone("interrupted", e);
      } catch (TimeoutException e) {
        if (!isAlive()) {
          throw gone("it does not answer", e);
        }
      }
    }
  }

  /** Whether the database answers; asked once for all who wait, and only when nobody knows. */
  public boolean isAlive() {
    if (isFresh(heardAtNanos)) {
      return true;
    }
    probing.lock();
    try {
      if (isFresh(heardAtNanos)) {
        return true;
      }
      if (!isFresh(probedAtNanos)) {
        alive = probe();
        probedAtNanos = System.nanoTime();
      }
      return alive;
    } finally {
      probing.unlock();
    }
  }

  private static boolean isFresh(long nanos) {
    return System.nanoTime() - nanos < PROBE_FRESH_NANOS;
  }

  private boolean probe() {
    try {
      pool.query("SELECT 1")
          .execute()
          .toCompletionStage()
          .toCompletableFuture()
          .get(PROBE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  static DatabaseUnavailableException gone(String message, @Nullable Exception cause) {
    return new DatabaseUnavailableException(
        message, cause == null ? new IllegalStateException(message) : cause);
  }
}
