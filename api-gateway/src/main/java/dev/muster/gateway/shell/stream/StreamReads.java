package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.feed.Snapshot;
import dev.muster.gateway.shell.store.EventLogRepository;
import dev.muster.gateway.shell.store.JobRepository;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What streams read of the database for themselves: at their beginning, and when they fell behind.
 * A thousand readers that come back at once must not take the connections of everybody else, so
 * only a few read at a time. Whoever has begun goes first: readers that all have a little of what
 * they missed help nobody.
 */
@Singleton
public class StreamReads {
  private static final int AT_ONCE = 4;

  private final JobRepository jobs;
  private final EventLogRepository log;
  private final Semaphore turn = new Semaphore(AT_ONCE);
  private final Retold retold = new Retold();

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

  /**
   * What a stream of one job missed.
   *
   * @param told its next changes, oldest first
   * @param now the job, later than all of them
   * @param ended whether the last of them ended it
   */
  record Missed(List<Told> told, JobRepository.Found now, boolean ended) {}

  /**
   * A change in words.
   *
   * @param seq its number
   */
  record Told(long seq, List<Entry.Message> messages) {}

  /**
   * The next changes of a job after one; none when there are none, or when the job is gone.
   *
   * @param now the job at the last of them or later
   */
  Missed missed(String tenant, JobRepository.Found now, long after, int limit) {
    JobId job = now.stored().id();
    List<Told> told = retold(job, after, limit);
    if (!told.isEmpty()) {
      return new Missed(told, now, false);
    }
    List<JobEvent> events = inTurn(() -> jobs.events(job, after, limit));
    boolean ended = !events.isEmpty() && events.getLast().state().isTerminal();
    // It may have ended after `now` was read; this one has its result.
    JobRepository.Found then = ended ? find(tenant, job).orElse(now) : now;
    for (JobEvent event : events) {
      told.add(new Told(event.seq(), words(event, false, () -> JobMessages.missed(event, then))));
    }
    return new Missed(told, then, ended);
  }

  /** What is kept of the changes after one, without a hole. */
  private List<Told> retold(JobId job, long after, int limit) {
    List<Told> told = new ArrayList<>();
    for (long seq = after + 1; seq <= after + limit; seq++) {
      List<Entry.Message> messages = retold.get(new Retold.Key(job, seq, false));
      if (messages == null) {
        break;
      }
      told.add(new Told(seq, messages));
    }
    return told;
  }

  /** A change in the words of streams of many jobs. */
  Entry.Message line(JobEvent event, JobRepository.Found now) {
    return words(event, true, () -> List.of(JobMessages.line(event, now))).getFirst();
  }

  private List<Entry.Message> words(
      JobEvent event, boolean line, Supplier<List<Entry.Message>> words) {
    Retold.Key key = new Retold.Key(event.job(), event.seq(), line);
    List<Entry.Message> messages = retold.get(key);
    if (messages == null) {
      messages = words.get();
      if (!event.state().isTerminal()) {
        retold.put(key, messages);
      }
    }
    return messages;
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
