package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.shell.http.Cursors;
import dev.muster.gateway.shell.store.EventLogRepository;
import dev.muster.gateway.shell.store.EventLogRepository.Logged;
import dev.muster.gateway.shell.store.EventLogRepository.Page;
import dev.muster.gateway.shell.store.EventLogRepository.Selection;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.Owner;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.Pace;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the numbered events of all jobs that somebody watches, once for all streams, and puts them
 * into the channels. Kafka only says that there is something to read: the database says what, so
 * nothing is skipped, whatever happens to the broker.
 */
@ApplicationScoped
public class EventFollower {
  private static final Logger LOG = Logger.getLogger(EventFollower.class);
  private static final int PAGE = 500;

  /** Kafka may be away: the database is asked this often whether something happened. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Channels channels;
  private final EventLogRepository log;
  private final JobRepository jobs;
  private final Cursors cursors;
  private final Bell bell = new Bell();
  private final AtomicBoolean started = new AtomicBoolean();

  /** A round costs the same for one event and for a hundred; under load it carries more. */
  private final Pace pace = new Pace(Duration.ofMillis(20), 5);

  private @Nullable FeedPosition position;
  private List<Channel> round = List.of();

  EventFollower(Channels channels, EventLogRepository log, JobRepository jobs, Cursors cursors) {
    this.channels = channels;
    this.log = log;
    this.jobs = jobs;
    this.cursors = cursors;
  }

  /** There may be something to read. */
  void ring() {
    if (!started.getAndSet(true)) {
      Thread.ofVirtual().name("stream-events").start(this::run);
    }
    bell.ring();
  }

  private void run() {
    while (!channels.isClosing()) {
      try {
        follow();
        bell.await(channels.isEmpty() ? IDLE_NANOS : LOOK_NANOS);
        pace.await();
      } catch (DatabaseUnavailableException e) {
        LOG.debugf("Expected to read events, but %s; next try soon", e.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("Expected to read events for streams, but; next try soon", e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Reads up to now. When it breaks off in the middle, the next round goes on there. */
  private void follow() {
    FeedPosition from = position;
    if (from == null || from.until() == null) {
      round = channels.all();
      if (round.isEmpty()) {
        position = null;
        return;
      }
    }
    if (from == null) {
      from = FeedPosition.at(log.now());
    }
    Page page;
    do {
      page = log.read(selection(round), from, PAGE);
      publish(page);
      from = page.end();
      position = from;
    } while (!page.complete());
    round.forEach(channel -> channel.followed().complete(true));
  }

  private static Selection selection(List<Channel> channels) {
    Set<String> within = new LinkedHashSet<>();
    List<String> tenants = new ArrayList<>();
    List<String> some = new ArrayList<>();
    for (Channel channel : channels) {
      within.add(channel.tenant());
      (channel.isOfTenant() ? tenants : some).add(channel.key());
    }
    return new Selection(within, tenants, some);
  }

  private void publish(Page page) {
    if (page.events().isEmpty()) {
      return;
    }
    Set<JobId> ids = new LinkedHashSet<>();
    Set<String> tenants = new LinkedHashSet<>();
    for (Logged logged : page.events()) {
      ids.add(logged.event().job());
      tenants.add(logged.event().tenant());
    }
    Map<JobId, JobRepository.Found> found = jobs.findAll(tenants, ids);
    Map<Channel, List<Entry>> told = new LinkedHashMap<>();
    for (Logged logged : page.events()) {
      JobEvent event = logged.event();
      JobRepository.Found job = found.get(event.job());
      if (job == null) {
        continue; // without a submission it is nobody's job
      }
      Channel ofJob = channels.job(event.job().value());
      if (ofJob != null) {
        told.computeIfAbsent(ofJob, c -> new ArrayList<>())
            .add(
                state(
                    page, logged, job, Long.toString(event.seq()), JobMessages.ofJob(event, job)));
      }
      Channel ofTenant = channels.tenant(event.tenant());
      if (ofTenant != null) {
        FeedPosition at = new FeedPosition(page.seen(), page.until(), logged.position());
        told.computeIfAbsent(ofTenant, c -> new ArrayList<>())
            .add(
                state(
                    page,
                    logged,
                    job,
                    FeedCursor.write(cursors, event.tenant(), at),
                    List.of(JobMessages.line(event, job))));
      }
    }
    told.forEach(channels::append);
  }

  private static Entry.State state(
      Page page, Logged logged, JobRepository.Found job, String id, List<Entry.Message> messages) {
    return new Entry.State(
        logged.event(),
        Owner.of(job.stored().spec()),
        logged.tx(),
        new FeedPosition(page.seen(), page.until(), logged.position()),
        id,
        messages);
  }
}
