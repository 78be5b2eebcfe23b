package dev.muster.gateway.shell.store;

import dev.muster.gateway.shell.config.GatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says whether new jobs are taken: not while what was accepted does not get out to Kafka. It
 * looks at the outbox at most once a second, and only when somebody submits.
 */
@ApplicationScoped
public class Admission {
  private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Pool pool;
  private final DatabaseWatch watch;
  private final GatewayConfig config;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile long lookedAtNanos = System.nanoTime() - LOOK_EVERY_NANOS;
  private volatile long rows;
  private volatile double ageSeconds;

  Admission(Pool pool, DatabaseWatch watch, GatewayConfig config, MeterRegistry metrics) {
    this.pool = pool;
    this.watch = watch;
    this.config = config;
    metrics.gauge("outbox_pending", this, admission -> admission.rows);
    metrics.gauge("outbox_oldest_age_seconds", this, admission -> admission.ageSeconds);
  }

  /** Whether new jobs are taken. */
  public boolean isOpen() {
    if (System.nanoTime() - lookedAtNanos >= LOOK_EVERY_NANOS && looking.tryLock()) {
      try {
        look();
      } finally {
        looking.unlock();
      }
    }
    return rows <= config.admissionRowsMax()
        && ageSeconds <= config.admissionAgeMax().toMillis() / 1000.0;
  }

  private void look() {
    Row row =
        watch
            .await(
                pool.preparedQuery(
                        "SELECT count(*), COALESCE(extract(epoch FROM now() - min(created_at)), 0)"
                            + "::float8 FROM gateway.outbox")
                    .execute())
            .iterator()
            .next();
    rows = row.getLong(0);
    ageSeconds = row.getDouble(1);
    lookedAtNanos = System.nanoTime();
  }
}
