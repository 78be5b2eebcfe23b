package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.kit.Tx;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Takes results and output of jobs whose results are deleted out of the tables, page by page; how
 * tasks ended stays. What a stopped instance left undone is found by the next one, since a job is
 * marked only when nothing is left.
 */
@ApplicationScoped
class ResultPurger {
  private static final Logger LOG = Logger.getLogger(ResultPurger.class);
  private static final int JOBS_MAX = 16;
  private static final int ROWS_MAX = 500;

  private static final String RESULTS =
      """
      UPDATE aggregator.task SET result = NULL, last_failed = NULL
      WHERE job_id = $1 AND index IN (
        SELECT index FROM aggregator.task
        WHERE job_id = $1 AND (result IS NOT NULL OR last_failed IS NOT NULL)
        ORDER BY index LIMIT $2)
      """;

  private static final String OUTPUT =
      """
      DELETE FROM aggregator.task_output WHERE job_id = $1 AND index IN (
        SELECT index FROM aggregator.task_output WHERE job_id = $1 ORDER BY index LIMIT $2)
      """;

  private final Wiring wiring;
  private final AggregatorConfig config;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("result-purger").unstarted(this::run);

  ResultPurger(Wiring wiring, AggregatorConfig config) {
    this.wiring = wiring;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    thread.interrupt();
  }

  /** The results of a job are deleted, and committed as that. */
  void wake() {
    wake.release();
  }

  private void run() {
    while (wiring.isRunning()) {
      try {
        if (purgeSome() < JOBS_MAX
            && wake.tryAcquire(config.purgePoll().toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!wiring.isRunning()) {
          return;
        }
        LOG.errorf(e, "Expected to purge results, but it failed; next try at the next poll");
        pause();
      }
    }
  }

  private void pause() {
    try {
      wake.tryAcquire(config.purgePoll().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Purges some jobs and tells how many. */
  private int purgeSome() {
    List<JobId> jobs = wiring.database().persistently(wiring::isRunning, ResultPurger::deleted);
    for (JobId job : jobs) {
      purge(RESULTS, job);
      purge(OUTPUT, job);
      wiring
          .database()
          .persistently(
              wiring::isRunning,
              tx ->
                  tx.update(
                      "UPDATE aggregator.job SET results_purged = true, aggregate = NULL"
                          + " WHERE job_id = $1",
                      job.value()));
    }
    return jobs.size();
  }

  private static List<JobId> deleted(Tx tx) {
    List<JobId> jobs = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT job_id FROM aggregator.job WHERE results_deleted AND NOT results_purged"
                + " ORDER BY job_id LIMIT $1",
            JOBS_MAX)) {
      jobs.add(new JobId(row.getString("job_id")));
    }
    return jobs;
  }

  private void purge(String sql, JobId job) {
    int rows;
    do {
      rows =
          wiring
              .database()
              .persistently(wiring::isRunning, tx -> tx.update(sql, job.value(), ROWS_MAX));
    } while (rows == ROWS_MAX);
  }
}
