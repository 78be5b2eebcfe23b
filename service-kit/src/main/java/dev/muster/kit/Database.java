package dev.muster.kit;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Blocking transactions over the reactive pool, for threads that may block: consumer threads,
 * loops, virtual threads. Never call it on an event loop.
 */
public final class Database {
  private static final Logger LOG = Logger.getLogger(Database.class);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
  private static final Duration ANSWER_LATE = Duration.ofSeconds(30);

  private final Pool pool;
  private final String schema;

  /**
   * @param pool the service's pool
   * @param schema the service's own schema, where its outbox lies; a literal of the code, never
   *     user text
   */
  public Database(Pool pool, String schema) {
    this.pool = pool;
    this.schema = schema;
  }

  /** The service's schema. */
  public String schema() {
    return schema;
  }

  /**
   * Runs the work in one transaction, once. It is rolled back when the work throws.
   *
   * @throws DatabaseUnavailableException when the database does not answer; the outcome may be
   *     unknown
   */
  public <T> T transaction(Function<Tx, T> work) {
    try (Tx tx = new Tx(pool.getConnection(), schema)) {
      T result = work.apply(tx);
      tx.commit();
      return result;
    }
  }

  /**
   * Runs the work in one transaction, again and again while the database is away or the transaction
   * lost a race; an outage pauses the caller and loses nothing. The work must be idempotent.
   *
   * @param running asked before each try
   * @throws IllegalStateException when {@code running} says no, or the thread is interrupted
   */
  public <T> T persistently(BooleanSupplier running, Function<Tx, T> work) {
    long pauseMillis = 50;
    while (running.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
      try {
        return transaction(work);
      } catch (DatabaseUnavailableException e) {
        LOG.warnf(
            "Expected to commit in schema %s, but the database is unavailable (%s); next try in %d ms",
            schema, e.getMessage(), pauseMillis);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        pauseMillis = Math.min(pauseMillis * 2, PAUSE_MAX.toMillis());
      }
    }
    throw new IllegalStateException("Expected to commit, but the service is stopping");
  }

  /** A connection of its own, for whoever holds a session lock. The caller closes it. */
  public SqlConnection dedicated() {
    Future<SqlConnection> borrowed = pool.getConnection();
    try {
      return await(borrowed);
    } catch (DatabaseUnavailableException e) {
      // It may still come; without an owner it would be lost to the pool.
      borrowed.onSuccess(SqlConnection::close);
      throw e;
    }
  }

  /**
   * Waits for an answer of the database.
   *
   * @throws DatabaseUnavailableException when it does not come, or says that the same statement may
   *     work later
   */
  public static <T> T await(Future<T> future) {
    return result(future.toCompletionStage().toCompletableFuture());
  }

  /** {@link #await}, of a future that is not bound to an event loop. */
  static <T> T result(CompletableFuture<T> future) {
    try {
      // Not orTimeout(): each of its timers wakes a thread of its own.
      return future.get(ANSWER_LATE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new DatabaseUnavailableException(
          "no answer in %d s".formatted(ANSWER_LATE.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseUnavailableException("the wait was interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof PgException pg && !isTransient(pg.getSqlState())) {
        throw pg;
      }
      if (isBug(cause)) {
        throw new IllegalStateException(cause);
      }
      throw new DatabaseUnavailableException(String.valueOf(cause.getMessage()), cause);
    }
  }

  /**
   * Arguments that do not fit the statement. The client has no type of its own for them, only a
   * sentence.
   */
  private static boolean isBug(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof IllegalArgumentException
        || cause instanceof ClassCastException
        || message.startsWith("Parameter at position")
        || message.startsWith("The number of parameters");
  }

  /**
   * Connection (08), lack of resources (53), shutdown (57P), serialization and deadlock (40):
   * PostgreSQL, appendix A.
   */
  private static boolean isTransient(String sqlState) {
    return sqlState != null
        && (sqlState.startsWith("08")
            || sqlState.startsWith("53")
            || sqlState.startsWith("57P")
            || sqlState.startsWith("40"));
  }
}
