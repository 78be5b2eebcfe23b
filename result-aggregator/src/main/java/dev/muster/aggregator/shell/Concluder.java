package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobFacts;
import dev.muster.contracts.id.JobId;
import dev.muster.kit.Tx;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Concludes jobs. Small ones at once; the rows of a large one are read by this loop, page by page
 * and without a lock, since they no longer change. What a stopped instance left behind is found by
 * a slow poll.
 */
@ApplicationScoped
class Concluder {
  private static final Logger LOG = Logger.getLogger(Concluder.class);
  private static final int BATCH_MAX = 16;

  private final Wiring wiring;
  private final AggregatorConfig config;
  private final AggregatorMetrics metrics;
  private final DeliverySignal deliveries;
  private final JobRepository jobs = new JobRepository();
  private final Semaphore wake = new Semaphore(0);
  private final Map<JobId, String> traceparents = new ConcurrentHashMap<>();
  private final Thread thread;

  Concluder(
      Wiring wiring,
      AggregatorConfig config,
      AggregatorMetrics metrics,
      DeliverySignal deliveries) {
    this.wiring = wiring;
    this.config = config;
    this.metrics = metrics;
    this.deliveries = deliveries;
    this.thread = Thread.ofPlatform().name("concluder").daemon().unstarted(this::run);
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    thread.interrupt();
  }

  /**
   * Concludes the changed jobs of a batch that are ready and small; returns those that are ready
   * and large, for {@link #later} after the commit.
   */
  List<JobId> concludeSmall(Tx tx, JobBatch batch) {
    List<JobId> small = new ArrayList<>();
    List<JobId> large = new ArrayList<>();
    for (JobFacts job : batch.changed().values()) {
      if (job.isReadyToConclude()) {
        boolean isSmall = job.counts().total() <= config.concludeAtOnceMax();
        (isSmall ? small : large).add(job.job());
      }
    }
    Conclusion.atOnce(tx, batch, small);
    return large;
  }

  /** The batch is committed, and these jobs became ready. */
  void later(List<JobId> ready, JobBatch batch) {
    if (batch.hasDeliveries()) {
      deliveries.wake();
    }
    for (JobId job : ready) {
      String traceparent = batch.traceparent(job);
      if (traceparent != null) {
        traceparents.put(job, traceparent);
      }
    }
    if (!ready.isEmpty()) {
      wake.release();
    }
  }

  private void run() {
    while (wiring.isRunning()) {
      try {
        List<JobId> ready =
            wiring
                .database()
                .persistently(wiring::isRunning, tx -> jobs.unconcluded(tx, BATCH_MAX));
        ready.forEach(this::conclude);
        if (ready.size() < BATCH_MAX
            && wake.tryAcquire(config.concludePoll().toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (wiring.isRunning()) {
          LOG.errorf(e, "Expected to conclude jobs, but it failed; next try at the next poll");
          pause();
        }
      }
    }
  }

  private void pause() {
    try {
      wake.tryAcquire(config.concludePoll().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void conclude(JobId job) {
    TreeSet<JobId> alone = new TreeSet<>(List.of(job));
    JobBatch settled =
        wiring
            .database()
            .persistently(
                wiring::isRunning,
                tx -> {
                  JobBatch batch = JobBatch.lock(tx, alone);
                  Conclusion.settle(tx, batch.facts(job));
                  return batch;
                });
    DigestReader.Digest digest = new DigestReader(this::alone).ask(job, settled.design(job)).get();
    JobBatch committed =
        wiring
            .database()
            .persistently(
                wiring::isRunning,
                tx -> {
                  JobBatch batch = JobBatch.lock(tx, alone);
                  batch.trace(job, traceparents.get(job));
                  if (batch.facts(job).isReadyToConclude()) {
                    Conclusion.with(tx, batch, job, digest);
                    batch.save();
                  }
                  return batch;
                });
    traceparents.remove(job);
    wiring.relay().wake();
    if (committed.hasDeliveries()) {
      deliveries.wake();
    }
    metrics.committed(committed);
  }

  /** A statement in a transaction of its own. */
  private Supplier<RowSet<Row>> alone(String sql, Object... arguments) {
    RowSet<Row> rows =
        wiring.database().persistently(wiring::isRunning, tx -> tx.query(sql, arguments));
    return () -> rows;
  }
}
