package dev.muster.gateway.shell.store;

import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Forgets what was answered to requests of more than 24 hours ago. */
final class IdempotencySweeper {
  private static final Logger LOG = Logger.getLogger(IdempotencySweeper.class);
  private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();
  private static final int ROWS_MAX = 10_000;

  private final Database database;
  private long sweptAtNanos = System.nanoTime();

  IdempotencySweeper(Database database) {
    this.database = database;
  }

  /** Sweeps when it is time; called by one thread, when it has nothing else to do. */
  void sweepIfDue() {
    if (System.nanoTime() - sweptAtNanos < EVERY_NANOS) {
      return;
    }
    sweptAtNanos = System.nanoTime();
    try {
      int forgotten =
          database.transaction(tx ->
              tx.update(
                  "DELETE FROM gateway.idempotency WHERE (tenant, route, key) IN"
                      + " (SELECT tenant, route, key FROM gateway.idempotency"
                      + " WHERE created_at < now() - interval '24 hours' LIMIT $1)",
                  ROWS_MAX));
      LOG.debugf("%d idempotency keys are forgotten", forgotten);
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to forget old idempotency keys, but %s; next time", e.getMessage());
    }
  }
}
