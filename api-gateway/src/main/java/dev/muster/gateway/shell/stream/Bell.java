package dev.muster.gateway.shell.stream;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one waiting thread; rung twice before anybody listens, it is heard once. */
final class Bell {
  private final Semaphore rung = new Semaphore(0);

  /** Never blocks. */
  void ring() {
    if (rung.availablePermits() == 0) {
      rung.release();
    }
  }

  /** Waits until it is rung, or the time is over. */
  void await(long nanos) throws InterruptedException {
    if (rung.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
      rung.drainPermits();
    }
  }
}
