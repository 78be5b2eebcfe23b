package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.feed.Snapshot;
import dev.muster.gateway.shell.store.EventLogRepository;
import dev.muster.gateway.shell.store.JobRepository;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What streams read of the database for themselves: at their beginning, and when they fell behind.
 * A thousand readers that come back at once must not take the connections of everybody else, so
 * only a few read at a time.
 */
@Singleton
public class StreamReads {
  private static final int AT_ONCE = 4;

  private final JobRepository jobs;
  private final EventLogRepository log;
  private final Semaphore turn = new Semaphore(AT_ONCE, true);

  StreamReads(JobRepository jobs, EventLogRepository log) {
    this.jobs = jobs;
    this.log = log;
  }

  Optional<JobRepository.Found> find(String tenant, JobId job) {
    return inTurn(() -> jobs.find(tenant, job));
  }

  Optional<JobRepository.Moment> moment(String tenant, Collection<JobId> some) {
    return inTurn(() -> jobs.moment(tenant, some));
  }

  /** The newest jobs of a tenant, all as they were at the same moment. */
  JobRepository.Moment newest(String tenant, int limit) {
    return inTurn(() -> jobs.newest(tenant, log.now(), limit));
  }

  List<JobEvent> events(JobId job, long after, int limit) {
    return inTurn(() -> jobs.events(job, after, limit));
  }

  Snapshot now() {
    return inTurn(log::now);
  }

  /** A page of events with the jobs they are about. */
  EventLogRepository.Page read(
      EventLogRepository.Selection selection, FeedPosition from, int limit) {
    return inTurn(() -> log.read(selection, from, limit));
  }

  Collection<JobRepository.Found> findAll(String tenant, Collection<JobId> some) {
    return some.isEmpty() ? List.of() : inTurn(() -> jobs.findAll(List.of(tenant), some).values());
  }

  private <T> T inTurn(Supplier<T> read) {
    turn.acquireUninterruptibly();
    try {
      return read.get();
    } finally {
      turn.release();
    }
  }
}
