package dev.muster.dispatcher.shell;

import java.time.Instant;

/**
 * The database's time between two answers of the database: the last one plus what has passed since
 * by the monotonic clock. The wall clock of the host decides nothing.
 */
final class DatabaseClock {
  private Instant anchor = Instant.EPOCH;
  private long anchorNanos;

  void set(Instant databaseTime) {
    anchor = databaseTime;
    anchorNanos = System.nanoTime();
  }

  Instant now() {
    return anchor.plusNanos(System.nanoTime() - anchorNanos);
  }
}
