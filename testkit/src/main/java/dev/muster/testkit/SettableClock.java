package dev.muster.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only when it is told to. */
public final class SettableClock implements InstantSource {
  private volatile Instant now;

  /** A clock that shows the given time. */
  public SettableClock(Instant now) {
    this.now = now;
  }

  /** Sets the time, also backwards. */
  public void set(Instant instant) {
    now = instant;
  }

  /** Moves the time on. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
