package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobCommand;
import dev.muster.contracts.id.JobId;
import dev.muster.kit.Chore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * Ends jobs whose deadline has passed, by the database's clock. Every instance looks; the lock on
 * the job and its decision see to it that one ends it.
 */
@ApplicationScoped
class DeadlineLoop {
  private static final Logger LOG = Logger.getLogger(DeadlineLoop.class);
  private static final int BATCH_MAX = 100;

  private final Wiring wiring;
  private final AggregatorMetrics metrics;
  private final Concluder concluder;
  private final JobRepository jobs = new JobRepository();
  private final Chore chore;

  DeadlineLoop(
      Wiring wiring, AggregatorConfig config, AggregatorMetrics metrics, Concluder concluder) {
    this.wiring = wiring;
    this.metrics = metrics;
    this.concluder = concluder;
    this.chore = new Chore("deadlines", "end overdue jobs", config.deadlinePoll(), this::expireAll);
  }

  void start(@Observes StartupEvent event) {
    chore.start();
  }

  void stop(@Observes ShutdownEvent event) {
    chore.close();
  }

  private void expireAll() {
    while (chore.isRunning() && expireSome() == BATCH_MAX) {
      LOG.trace("more jobs may be overdue");
    }
  }

  /** Ends those that are overdue longest; returns how many it looked at. */
  private int expireSome() {
    Map<JobId, Instant> overdue = wiring.database().transaction(tx -> jobs.overdue(tx, BATCH_MAX));
    if (overdue.isEmpty()) {
      return 0;
    }
    JobBatch committed =
        wiring
            .database()
            .transaction(tx -> {
              JobBatch batch = JobBatch.lock(tx, new TreeSet<>(overdue.keySet()));
              overdue.forEach((job, deadline) -> batch.apply(job, new JobCommand.Expire(deadline)));
              batch.save();
              return batch;
            });
    wiring.relay().wake();
    concluder.later(List.of(), committed);
    metrics.committed(committed);
    return overdue.size();
  }
}
