package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.shell.AggregatorConfig;
import dev.muster.aggregator.shell.DeliverySignal;
import dev.muster.aggregator.shell.WebhookConfig;
import dev.muster.aggregator.shell.Wiring;
import dev.muster.aggregator.webhook.Circuit;
import dev.muster.aggregator.webhook.RetrySchedule;
import dev.muster.aggregator.webhook.Verdict;
import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.Network;
import dev.muster.kit.SecretBox;
import dev.muster.kit.Tx;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Sends what is due. One loop records what has come back and claims what is due in one transaction,
 * and starts a virtual thread for each attempt, so however many receivers hang, one connection to
 * the database is enough. What dies after the call and before the record is sent again, with the
 * same id: at least once.
 */
@ApplicationScoped
class WebhookSender {
  private static final Logger LOG = Logger.getLogger(WebhookSender.class);
  private static final Duration LEASE_SLACK = Duration.ofSeconds(15);
  private static final Duration NEAR = Duration.ofMinutes(1);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  private final Wiring wiring;
  private final WebhookConfig config;
  private final DeliverySignal signal;
  private final Vertx vertx;
  private final MeterRegistry metrics;
  private final DeliveryRepository deliveries = new DeliveryRepository();
  private final LaneRepository lanes = new LaneRepository();
  private final ConcurrentLinkedQueue<Attempted> ended = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final TenantPace pace;

  /** When retries that are near are due, so that they need not wait for the poll. */
  private final PriorityQueue<Long> near = new PriorityQueue<>();

  private final Thread thread;
  private volatile boolean hasKeys = true;
  private long forgotAtNanos = System.nanoTime();

  WebhookSender(
      Wiring wiring,
      AggregatorConfig config,
      DeliverySignal signal,
      Vertx vertx,
      MeterRegistry metrics) {
    this.wiring = wiring;
    this.config = config.webhook();
    this.signal = signal;
    this.vertx = vertx;
    this.metrics = metrics;
    this.pace = new TenantPace(this.config.tenantRateMax());
    this.thread = Thread.ofVirtual().name("webhooks").unstarted(this::run);
  }

  void start(@Observes StartupEvent event) {
    metrics.gauge("webhook_attempts_in_flight", inFlight);
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    thread.interrupt();
  }

  /** Whether what signs can be opened; without a key file there is nothing to sign. */
  boolean hasKeys() {
    return hasKeys;
  }

  private void run() {
    Path keyFile = config.keyFile().orElse(null);
    if (keyFile == null) {
      LOG.info("Webhooks are not sent: aggregator.webhook.key-file is not set");
      return;
    }
    try {
      send(open(keyFile));
    } catch (InterruptedException e) {
      LOG.debug("Webhooks stop with the service; what is under way is sent again");
    }
  }

  /** A file that cannot be used is looked at again, and shown in the readiness meanwhile. */
  private SecretBox open(Path keyFile) throws InterruptedException {
    while (true) {
      try {
        SecretBox box = SecretBox.of(keyFile);
        hasKeys = true;
        return box;
      } catch (IllegalStateException | UncheckedIOException e) {
        if (hasKeys) {
          LOG.errorf("Webhooks wait for their keys: %s", e.getMessage());
        }
        hasKeys = false;
        Thread.sleep(config.poll());
      }
    }
  }

  private void send(SecretBox keys) throws InterruptedException {
    Duration timeout = config.timeout();
    try (WebhookCaller caller =
        new WebhookCaller(vertx, HostResolver.SYSTEM, rules(), timeout, config.inFlightMax())) {
      WebhookAttempt attempt =
          new WebhookAttempt(
              new WebhookSigner(keys),
              caller,
              new RetrySchedule(config.schedule()),
              new Circuit(
                  config.circuitFailures(), config.circuitPause(), config.circuitPauseMax()));
      while (wiring.isRunning()) {
        turn(attempt);
      }
    }
  }

  private void turn(WebhookAttempt attempt) throws InterruptedException {
    try {
      List<Attempted> told = new ArrayList<>(ended);
      List<Due> claimed =
          wiring.database().persistently(wiring::isRunning, tx -> recordAndClaim(tx, told));
      told.forEach(this::forgetAndCount);
      if (!told.isEmpty()) {
        wiring.relay().wake();
      }
      pace.spend(claimed, System.nanoTime());
      claimed.forEach(due -> launch(attempt, due));
      if (claimed.isEmpty() && ended.isEmpty()) {
        forgetIfDue();
        signal.await(untilNext());
      }
    } catch (RuntimeException e) {
      if (wiring.isRunning()) {
        LOG.errorf(e, "Expected to send webhooks, but it failed; next try at the next poll");
        Thread.sleep(config.poll());
      }
    }
  }

  private Duration untilNext() {
    long now = System.nanoTime();
    while (!near.isEmpty() && near.peek() - now <= 0) {
      near.remove();
    }
    Duration next = near.isEmpty() ? config.poll() : Duration.ofNanos(near.peek() - now);
    return next.compareTo(config.poll()) < 0 ? next.plusMillis(1) : config.poll();
  }

  private List<Due> recordAndClaim(Tx tx, List<Attempted> told) {
    if (!told.isEmpty()) {
      deliveries.record(tx, told);
      lanes.note(tx, told, config.disableAfter());
    }
    int room = config.inFlightMax() - inFlight.get();
    return room <= 0
        ? List.of()
        : deliveries.claim(
            tx,
            new DeliveryRepository.Bounds(
                room,
                config.laneInFlightMax(),
                config.circuitFailures(),
                config.timeout().plus(LEASE_SLACK),
                pace.paused(System.nanoTime())));
  }

  private void launch(WebhookAttempt attempt, Due due) {
    inFlight.incrementAndGet();
    Thread.startVirtualThread(() -> {
      try {
        Attempted attempted = attempt.make(due);
        LOG.debugf("%s: %s after %d ms", due.delivery(), attempted.state(), attempted.millis());
        ended.add(attempted);
      } catch (RuntimeException e) {
        // Its lease runs out, and it is tried again.
        LOG.errorf(e, "Expected to attempt %s, but it failed", due.delivery());
      } finally {
        inFlight.decrementAndGet();
        signal.wake();
      }
    });
  }

  /** Only this thread takes from the queue, so its head is what was recorded. */
  private void forgetAndCount(Attempted attempted) {
    ended.remove();
    if (attempted.verdict() instanceof Verdict.Again(Duration delay)
        && delay.compareTo(NEAR) <= 0) {
      near.add(System.nanoTime() + delay.toNanos());
    }
    if (attempted.isAttempt()) {
      String outcome = attempted.verdict() instanceof Verdict.Delivered ? "delivered" : "failed";
      metrics.counter("webhook_attempts", "outcome", outcome).increment();
    }
  }

  private void forgetIfDue() {
    if (System.nanoTime() - forgotAtNanos > FORGET_EVERY.toNanos()) {
      int rows =
          wiring
              .database()
              .persistently(wiring::isRunning, tx -> deliveries.forget(tx, config.keep()));
      if (rows == 0) {
        forgotAtNanos = System.nanoTime();
      }
    }
  }

  private EgressRules rules() {
    return new EgressRules(
        config.plainHttp(),
        config.openNetworks().orElse(List.of()).stream().map(Network::parse).toList(),
        config.ownHosts().orElse(Set.of()));
  }
}
