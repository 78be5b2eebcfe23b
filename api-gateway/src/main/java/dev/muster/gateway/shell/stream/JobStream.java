package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JobView;
import dev.muster.kit.DatabaseUnavailableException;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One reader's stream, on a thread of its own: first what it has missed, from the database; then
 * what Kafka brings. The number of an event decides what is new, so nothing is told twice, and a
 * hole in the numbers is filled from the database, so nothing is left out.
 */
final class JobStream {
  private static final Logger LOG = Logger.getLogger(JobStream.class);
  private static final int REPLAY_PAGE = 500;
  private static final long RECONNECT_MILLIS = 2_000;
  private static final long WRITE_SECONDS_MAX = 30;

  /** Kafka may be away: the database is asked this often whether something happened. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(3);

  private final String tenant;
  private final JobId job;
  private final JobRepository jobs;
  private final Alias alias;
  private final Subscription subscription;
  private final JobUpdates updates;
  private final GatewayConfig config;
  private final Sse sse;
  private final SseEventSink sink;
  private long seen;
  private boolean open = true;

  JobStream(
      String tenant,
      JobId job,
      long after,
      JobRepository jobs,
      Alias alias,
      Subscription subscription,
      JobUpdates updates,
      GatewayConfig config,
      Sse sse,
      SseEventSink sink) {
    this.tenant = tenant;
    this.job = job;
    this.seen = after;
    this.jobs = jobs;
    this.alias = alias;
    this.subscription = subscription;
    this.updates = updates;
    this.config = config;
    this.sse = sse;
    this.sink = sink;
  }

  /** Runs until the job has ended, the reader is gone, or the gateway stops. */
  void run() {
    try {
      send(sse.newEventBuilder().comment("muster").reconnectDelay(RECONNECT_MILLIS).build());
      if (seen < 0) {
        snapshot();
      } else {
        catchUp(true);
      }
      follow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to stream %s, but %s; its reader comes again", job, e.getMessage());
    }
  }

  private boolean isOpen() {
    return open && !sink.isClosed() && !updates.isClosing() && !subscription.isOverrun();
  }

  private void follow() throws InterruptedException {
    long spoken = System.nanoTime();
    Duration wait =
        LOOK_EVERY.compareTo(config.streamHeartbeat()) < 0 ? LOOK_EVERY : config.streamHeartbeat();
    long lookedAt = System.nanoTime();
    while (isOpen()) {
      Update update = subscription.next(wait);
      if (update != null && isOpen()) {
        tell(update);
        spoken = System.nanoTime();
      } else if (System.nanoTime() - spoken >= config.streamHeartbeat().toNanos()) {
        send(sse.newEventBuilder().comment("hb").build());
        spoken = System.nanoTime();
      }
      if (System.nanoTime() - lookedAt >= LOOK_EVERY.toNanos() && isOpen()) {
        catchUp(false);
        lookedAt = System.nanoTime();
      }
    }
  }

  private void tell(Update update) throws InterruptedException {
    switch (update) {
      case Update.Job(var event) -> {
        if (event.seq() == seen + 1 && !event.state().isTerminal()) {
          Optional<JobRepository.Found> found = jobs.find(tenant, job);
          if (found.isPresent()) {
            tellEvent(event, found.get());
          }
        } else if (event.seq() > seen) {
          catchUp(false);
        }
      }
      case Update.Task(var event) -> send("task", TaskUpdate.of(event, alias));
      case Update.Progress(var event) ->
          send(TaskUpdate.nameOf(event), List.of(TaskUpdate.of(event)));
      case Update.Lost() -> catchUp(false);
    }
  }

  /** The job as it is now, under the number of its last event. */
  private void snapshot() throws InterruptedException {
    Optional<JobRepository.Found> found = jobs.find(tenant, job);
    if (found.isEmpty()) {
      open = false;
      return;
    }
    tellNow(found.get());
  }

  /** Everything after the last number that was told. */
  private void catchUp(boolean greet) throws InterruptedException {
    Optional<JobRepository.Found> found = jobs.find(tenant, job);
    if (found.isEmpty()) {
      open = false;
      return;
    }
    JobRepository.Found now = found.get();
    if (greet && now.facts().version() <= seen) {
      tellNow(now);
      return;
    }
    while (now.facts().version() > seen && isOpen()) {
      List<JobEvent> missed = jobs.events(job, seen, REPLAY_PAGE);
      if (missed.isEmpty()) {
        return;
      }
      for (JobEvent event : missed) {
        if (event.state().isTerminal()) {
          found = jobs.find(tenant, job);
          tellNow(found.orElse(now));
          return;
        }
        tellEvent(event, now);
      }
    }
  }

  private void tellEvent(JobEvent event, JobRepository.Found now) throws InterruptedException {
    JobFacts facts = JobView.asOf(event, now.facts());
    seen = event.seq();
    sendJob("job", JobView.of(now.stored(), facts));
  }

  private void tellNow(JobRepository.Found now) throws InterruptedException {
    seen = now.facts().version();
    JobView view = JobView.of(now.stored(), now.facts());
    sendJob("job", view);
    if (now.facts().state().isTerminal()) {
      sendJob("end", view);
      open = false;
    }
  }

  private void sendJob(String name, JobView view) throws InterruptedException {
    send(
        sse.newEventBuilder()
            .id(Long.toString(view.version()))
            .name(name)
            .data(String.class, ApiJson.text(view))
            .build());
  }

  private void send(String name, List<? extends Object> bodies) throws InterruptedException {
    for (Object body : bodies) {
      send(sse.newEventBuilder().name(name).data(String.class, ApiJson.text(body)).build());
    }
  }

  /** Waits until the bytes are with the network: a reader that never reads is cut off. */
  private void send(@Nullable OutboundSseEvent event) throws InterruptedException {
    if (!isOpen()) {
      return;
    }
    try {
      sink.send(event).toCompletableFuture().get(WRITE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      LOG.debugf("Expected to write to a stream of %s, but %s", job, e.getMessage());
      open = false;
    }
  }
}
