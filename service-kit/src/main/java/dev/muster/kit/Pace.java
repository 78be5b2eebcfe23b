package dev.muster.kit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a busy loop from running once for every record. A round costs the same whether it carries
 * one event or a thousand, so under load it pays to wait a little and carry more; a few rounds in a
 * row go through at once, so that a single job never waits. The rule is the generic cell rate
 * algorithm (ITU-T I.371). For one thread.
 */
public final class Pace {
  private final long intervalNanos;
  private final long toleranceNanos;
  private long nextNanos = System.nanoTime();

  /**
   * @param interval mean time between rounds under load
   * @param burst rounds that may follow each other at once, from 1
   */
  public Pace(Duration interval, int burst) {
    this.intervalNanos = interval.toNanos();
    this.toleranceNanos = intervalNanos * (burst - 1);
  }

  /** Returns when the next round may begin. */
  public void await() {
    long now = System.nanoTime();
    if (nextNanos - now < 0) {
      nextNanos = now;
    }
    long wait = nextNanos - now - toleranceNanos;
    if (wait > 0) {
      LockSupport.parkNanos(wait);
    }
    nextNanos += intervalNanos;
  }
}
