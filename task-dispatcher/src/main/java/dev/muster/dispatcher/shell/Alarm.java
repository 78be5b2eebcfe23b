package dev.muster.dispatcher.shell;

import java.time.Duration;

/** Something that is due again and again, by the monotonic clock. */
final class Alarm {
  private final Duration interval;
  private long dueNanos;

  Alarm(Duration interval) {
    this.interval = interval;
    reset();
  }

  /** Starts the interval anew. */
  void reset() {
    dueNanos = System.nanoTime() + interval.toNanos();
  }

  /** How long until it is due; negative when it is overdue. */
  Duration left() {
    return Duration.ofNanos(dueNanos - System.nanoTime());
  }

  /** Whether it is due; if so, the interval starts anew. */
  boolean due() {
    if (System.nanoTime() - dueNanos < 0) {
      return false;
    }
    reset();
    return true;
  }
}
