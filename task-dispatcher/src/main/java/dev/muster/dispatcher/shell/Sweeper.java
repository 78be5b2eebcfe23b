package dev.muster.dispatcher.shell;

import dev.muster.kit.Chore;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Deletes the rows of jobs that are over, a bounded number at a time and beside the loop, so that
 * the end of a giant job delays nobody. Several sweepers may run at once.
 */
final class Sweeper implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** Between two transactions, for the daily work to go first. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final int ROWS_MAX = 5_000;

  private final Database database;
  private final Duration retention;
  private final Chore chore =
      new Chore("sweeper", "sweep rows of finished jobs", INTERVAL, this::sweepAll);

  /**
   * @param retention how long tombstones stay
   */
  Sweeper(Database database, Duration retention) {
    this.database = database;
    this.retention = retention;
  }

  Sweeper start() {
    chore.start();
    return this;
  }

  @Override
  public void close() {
    chore.close();
  }

  private void sweepAll() {
    while (chore.isRunning() && database.transaction(this::sweep)) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** Sweeps once, and tells whether there is more. */
  boolean sweep(Tx tx) {
    List<String> jobs = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT job_id FROM dispatcher.tombstone WHERE NOT swept ORDER BY at LIMIT 100"
                + " FOR UPDATE SKIP LOCKED")) {
      jobs.add(row.getString(0));
    }
    if (jobs.isEmpty()) {
      tx.update(
          "DELETE FROM dispatcher.tombstone WHERE swept AND at < now() - $1::bigint * interval '1"
              + " second'",
          retention.toSeconds());
      return false;
    }
    String[] ids = jobs.toArray(String[]::new);
    int deleted =
        tx.update(
            "DELETE FROM dispatcher.task WHERE ctid = ANY(ARRAY("
                + "SELECT ctid FROM dispatcher.task WHERE job_id = ANY($1) LIMIT "
                + ROWS_MAX
                + "))",
            (Object) ids);
    if (deleted < ROWS_MAX) {
      tx.update("DELETE FROM dispatcher.task_range WHERE job_id = ANY($1)", (Object) ids);
      tx.later("DELETE FROM dispatcher.gang WHERE job_id = ANY($1)", (Object) ids);
      tx.update(
          "UPDATE dispatcher.tombstone SET swept = true WHERE job_id = ANY($1)", (Object) ids);
    }
    return true;
  }
}
