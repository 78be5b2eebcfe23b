package dev.muster.agent.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.ReportEvent.AttemptFinished;
import dev.muster.contracts.worker.ReportEvent.AttemptStarted;
import dev.muster.kit.Json;
import dev.muster.kit.Pace;
import dev.muster.kit.trace.Traceparent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends reports, what gathered in a few milliseconds in one record, until the broker has them. A
 * start waits a moment for its end, so that a short task is one record; an end goes at once.
 */
final class ReportSender implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ReportSender.class);
  private static final int EVENTS_MAX = 500;
  private static final int CHARS_MAX = 512 * 1024;
  private static final Duration START_WAIT = Duration.ofMillis(5);
  private static final Duration RESEND_WAIT = Duration.ofMillis(200);

  private final Wire wire;
  private final Wire.Address<ReportEvent> address;
  private final ReportSpool spool;
  private final AgentMetrics metrics;
  private final Consumer<Collection<AttemptRef>> acknowledged;
  private final Pace pace = new Pace(Duration.ofMillis(5), 5);
  private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final Thread thread =
      Thread.ofPlatform().name("report-sender").daemon().unstarted(this::run);
  private volatile boolean running = true;

  /** What waits to be sent. */
  private sealed interface Entry {
    /** A report that nobody has seen. */
    record Fresh(ReportEvent report, @Nullable String traceparent) implements Entry {}

    /**
     * A batch that is on disk.
     *
     * @param ended the attempts whose ends it tells
     */
    record Batch(Path file, byte[] body, List<AttemptRef> ended, @Nullable String traceparent)
        implements Entry {}

    /** The agent stops. */
    record Stop() implements Entry {}
  }

  /**
   * @param acknowledged gets the attempts whose ends the broker has
   */
  ReportSender(
      Wire wire,
      String pool,
      ReportSpool spool,
      AgentMetrics metrics,
      Consumer<Collection<AttemptRef>> acknowledged) {
    this.wire = wire;
    this.address = new Wire.Address<>(Topic.RESULTS, Topic.shardOf(pool), wire.worker().value());
    this.spool = spool;
    this.metrics = metrics;
    this.acknowledged = acknowledged;
  }

  /** Starts with what a former agent left; the dispatcher refuses what is stale. */
  void start() {
    for (Path file : spool.left()) {
      byte[] body = spool.read(file);
      if (isWhole(body)) {
        open.incrementAndGet();
        metrics.reportsResent();
        queue.add(new Entry.Batch(file, body, List.of(), null));
      } else {
        LOG.warn("A former agent was killed while it wrote reports; what it had not sent is lost");
        spool.release(file);
      }
    }
    thread.start();
  }

  private static boolean isWhole(byte[] body) {
    try {
      Json.message(Topic.RESULTS, body);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void add(ReportEvent report, @Nullable String traceparent) {
    open.incrementAndGet();
    queue.add(new Entry.Fresh(report, traceparent));
  }

  /** Whether the broker has every report. */
  boolean isEmpty() {
    return open.get() == 0;
  }

  /** Stops; what the broker does not have stays on disk. */
  @Override
  public void close() {
    running = false;
    queue.add(new Entry.Stop());
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Entry.Fresh> gathered = new ArrayList<>();
    try {
      while (running) {
        gather(gathered);
        if (!gathered.isEmpty()) {
          sendFresh(List.copyOf(gathered));
          gathered.clear();
          pace.await();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes what is there. Only when all of it are starts does it wait, and only as long as none of
   * them ends.
   */
  private void gather(List<Entry.Fresh> gathered) throws InterruptedException {
    int chars = 0;
    long deadline = 0;
    boolean hasEnd = false;
    while (gathered.size() < EVENTS_MAX && chars < CHARS_MAX) {
      Entry entry;
      if (gathered.isEmpty()) {
        entry = queue.take();
        deadline = System.nanoTime() + START_WAIT.toNanos();
      } else {
        long wait = hasEnd ? 0 : deadline - System.nanoTime();
        entry = queue.poll(wait, TimeUnit.NANOSECONDS);
      }
      switch (entry) {
        case null -> {
          return;
        }
        case Entry.Fresh fresh -> {
          gathered.add(fresh);
          hasEnd |= !(fresh.report() instanceof AttemptStarted);
          chars += length(fresh.report());
        }
        case Entry.Batch batch -> sendBatch(batch);
        case Entry.Stop() -> {
          return;
        }
      }
    }
  }

  private void sendFresh(List<Entry.Fresh> fresh) {
    List<AttemptRef> ended =
        fresh.stream()
            .map(Entry.Fresh::report)
            .filter(report -> !(report instanceof AttemptStarted))
            .map(ReportEvent::attempt)
            .toList();
    byte[] body = wire.body(Topic.RESULTS, fresh.stream().map(Entry.Fresh::report).toList());
    open.addAndGet(1 - fresh.size());
    sendBatch(new Entry.Batch(keep(body), body, ended, traceOf(fresh)));
  }

  /** The first context, when all reports belong to its trace. */
  private static @Nullable String traceOf(List<Entry.Fresh> fresh) {
    String first = fresh.getFirst().traceparent();
    for (Entry.Fresh report : fresh) {
      if (!Traceparent.isSameTrace(first, report.traceparent())) {
        return null;
      }
    }
    return first;
  }

  /** A full disk must not stop reports: then only memory holds them. */
  private Path keep(byte[] body) {
    try {
      return spool.keep(body);
    } catch (UncheckedIOException e) {
      LOG.errorf(e, "Expected to keep reports on disk until they are sent, but it failed");
      return Path.of("");
    }
  }

  private void sendBatch(Entry.Batch batch) {
    wire.send(
        address,
        "report-" + UUID.nameUUIDFromBytes(batch.body()),
        batch.body(),
        batch.traceparent(),
        failure -> {
          if (failure == null) {
            sent(batch);
          } else {
            LOG.warnf(
                "Expected the broker to take %d bytes of reports, but %s; they are sent again",
                batch.body().length, failure.getMessage());
            metrics.reportsResent();
            CompletableFuture.delayedExecutor(RESEND_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> queue.add(batch));
          }
        });
  }

  private void sent(Entry.Batch batch) {
    if (!batch.file().toString().isEmpty()) {
      spool.release(batch.file());
    }
    open.decrementAndGet();
    acknowledged.accept(batch.ended());
  }

  private static int length(ReportEvent report) {
    return report instanceof AttemptFinished(AttemptRef ref, AttemptEnd end)
        ? length(end.result()) + length(end.outputTail())
        : 0;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
