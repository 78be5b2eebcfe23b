package dev.muster.aggregator.shell;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells the sender of webhooks, after a commit, that something may be due. */
@ApplicationScoped
public class DeliverySignal {
  private final Semaphore wishes = new Semaphore(0);

  /** Something may be due. */
  public void wake() {
    wishes.release();
  }

  /** Returns when somebody called {@link #wake} since the last time, or after this long. */
  public void await(Duration atMost) throws InterruptedException {
    if (wishes.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      wishes.drainPermits();
    }
  }
}
