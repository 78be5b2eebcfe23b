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
      UPDATE aggregator.task AS t SET result = NULL, last_failed = NULL
      FROM (
        SELECT index FROM aggregator.task
        WHERE job_id = $1 AND index > $2 AND (result IS NOT NULL OR last_failed IS NOT NULL)
        ORDER BY index LIMIT $3) AS page
      WHERE t.job_id = $1 AND t.index = page.index RETURNING t.index
      """;

  private static final String OUTPUT =
      """
      DELETE FROM aggregator.task_output AS o USING (
        SELECT index FROM aggregator.task_output
        WHERE job_id = $1 AND index > $2 ORDER BY index LIMIT $3) AS page
      WHERE o.job_id = $1 AND o.index = page.index RETURNING o.index
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
                      "UPDATE aggregator.job SET results_purged = true, aggregate = NULL, live = NULL"
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

  /** Page by page, each from where the last ended: what was cleared is not looked at again. */
  private void purge(String sql, JobId job) {
    int last = -1;
    int rows;
    do {
      int after = last;
      List<Integer> page =
          wiring
              .database()
              .persistently(
                  wiring::isRunning,
                  tx ->
                      tx.query(sql, job.value(), after, ROWS_MAX).stream()
                          .map(row -> row.getInteger("index"))
                          .toList());
      rows = page.size();
      last = page.stream().reduce(last, Math::max);
    } while (rows == ROWS_MAX);
  }
}
