package dev.muster.gateway.shell.stream;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The updates that wait for one stream's reader. A slow reader loses telemetry first; when not even
 * the job's own events fit, the stream is cut and its reader resumes from the last number it saw.
 */
final class Subscription {
  private final String tenant;
  private final BlockingQueue<Update> waiting;
  private final int telemetryMax;
  private volatile boolean overrun;

  /**
   * @param tenant whose stream it is
   * @param backlogMax updates that may wait
   */
  Subscription(String tenant, int backlogMax) {
    this.tenant = tenant;
    this.waiting = new ArrayBlockingQueue<>(backlogMax);
    this.telemetryMax = backlogMax * 3 / 4;
  }

  String tenant() {
    return tenant;
  }

  /** Called by the one thread that reads Kafka; never blocks. */
  void offer(Update update) {
    boolean state = update instanceof Update.Job || update instanceof Update.Lost;
    if (!state && waiting.size() >= telemetryMax) {
      return;
    }
    if (!waiting.offer(update) && state) {
      overrun = true;
    }
  }

  /** The next update, or null when none came in time. */
  @Nullable Update next(Duration wait) throws InterruptedException {
    return waiting.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether an update that may not be dropped was. */
  boolean isOverrun() {
    return overrun;
  }
}
