package dev.muster.kit;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.CompletionException;
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
    SqlConnection connection = dedicated();
    try {
      // Neither BEGIN nor COMMIT is waited for before the rest: a transaction whose statements need
      // none of each other's answers costs one round trip. Should one of them fail, the database
      // makes a rollback of the COMMIT behind it.
      Future<?> begun = connection.query("BEGIN").execute();
      Tx tx = new Tx(connection, schema);
      T result;
      try {
        result = work.apply(tx);
        tx.checkIntact();
      } catch (RuntimeException | Error e) {
        rollback(connection);
        throw e;
      }
      Future<?> committed = connection.query("COMMIT").execute();
      try {
        await(begun);
        tx.settle();
      } catch (RuntimeException e) {
        awaitEnd(committed);
        throw e;
      }
      await(committed);
      return result;
    } finally {
      connection.close();
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
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(30, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof PgException pg && !isTransient(pg.getSqlState())) {
        throw pg;
      }
      if (isBug(cause)) {
        throw new IllegalStateException(cause);
      }
      String message =
          cause instanceof TimeoutException
              ? "no answer in 30 s"
              : String.valueOf(cause.getMessage());
      throw new DatabaseUnavailableException(message, cause);
    }
  }

  private static void rollback(SqlConnection connection) {
    try {
      await(connection.query("ROLLBACK").execute());
    } catch (RuntimeException e) {
      LOG.debugf(
          e, "Expected to roll back, but the connection is gone; the database does it by itself");
    }
  }

  /** Waits for a COMMIT that became a rollback, so that the connection goes back idle. */
  private static void awaitEnd(Future<?> committed) {
    try {
      await(committed);
    } catch (RuntimeException e) {
      LOG.debugf(e, "Expected the transaction to be rolled back, but the connection is gone");
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
