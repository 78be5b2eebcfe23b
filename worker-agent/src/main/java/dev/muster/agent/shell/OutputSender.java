package dev.muster.agent.shell;

import dev.muster.agent.output.OutputPiece;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.ProgressEvent.OutputWritten;
import dev.muster.contracts.task.ProgressEvent.ProgressReported;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends output and progress while commands write: one record per job and flush, best effort. It
 * never waits for the broker's answer; when too much is under way it drops pieces, and the offsets
 * show it.
 */
final class OutputSender implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(OutputSender.class);
  private static final long UNDER_WAY_MAX = 4L * 1024 * 1024;

  /** A record is closed at about this many characters of text. */
  private static final int RECORD_CHARS = 256 * 1024;

  private final Wire wire;
  private final AgentMetrics metrics;
  private final Duration interval;
  private final Duration tailInterval;
  private final Set<HeldAttempt> dirty = ConcurrentHashMap.newKeySet();
  private final Semaphore work = new Semaphore(0);
  private final Semaphore full = new Semaphore(0);
  private final AtomicLong underWay = new AtomicLong();
  private final AtomicLong ids = new AtomicLong();
  private final Thread thread =
      Thread.ofPlatform().name("output-sender").daemon().unstarted(this::run);
  private volatile boolean running = true;

  OutputSender(Wire wire, AgentConfig config, AgentMetrics metrics) {
    this.wire = wire;
    this.metrics = metrics;
    this.interval = config.outputInterval();
    this.tailInterval = config.outputTailInterval();
  }

  void start() {
    thread.start();
  }

  /** The attempt has output to send: at once, or when some more has gathered. */
  void written(HeldAttempt attempt, boolean atOnce) {
    if (dirty.add(attempt) && work.availablePermits() == 0) {
      work.release();
    }
    if (atOnce && full.availablePermits() == 0) {
      full.release();
    }
  }

  /** Sends what is left and stops. */
  @Override
  public void close() {
    running = false;
    work.release();
    full.release();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (running) {
        work.acquire();
        if (full.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
          full.drainPermits();
        }
        flush();
      }
      flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void flush() {
    Map<JobId, List<HeldAttempt>> byJob = new LinkedHashMap<>();
    long now = System.nanoTime();
    boolean later = false;
    for (HeldAttempt attempt : List.copyOf(dirty)) {
      if (running
          && attempt.output().isBeyondWhole()
          && now - attempt.flushedNanos < tailInterval.toNanos()) {
        later = true;
      } else {
        dirty.remove(attempt);
        attempt.flushedNanos = now;
        byJob.computeIfAbsent(attempt.ref().job(), job -> new ArrayList<>()).add(attempt);
      }
    }
    byJob.forEach(this::send);
    if (later) {
      work.release();
    }
  }

  private void send(JobId job, List<HeldAttempt> attempts) {
    String traceparent = attempts.getFirst().traceparent();
    List<ProgressEvent> batch = new ArrayList<>();
    int chars = 0;
    for (HeldAttempt attempt : attempts) {
      for (OutputPiece piece : attempt.output().flush()) {
        batch.add(
            new OutputWritten(
                attempt.ref(), piece.stream(), piece.offset(), piece.bytes(), piece.text()));
        chars += piece.text().length();
        if (chars >= RECORD_CHARS) {
          sendRecord(job, batch, traceparent);
          batch = new ArrayList<>();
          chars = 0;
        }
      }
      String progress = attempt.output().takeProgress();
      if (progress != null) {
        batch.add(new ProgressReported(attempt.ref(), progress));
      }
    }
    if (!batch.isEmpty()) {
      sendRecord(job, batch, traceparent);
    }
  }

  private void sendRecord(JobId job, List<ProgressEvent> events, @Nullable String traceparent) {
    byte[] body = wire.body(Topic.PROGRESS, events);
    if (underWay.addAndGet(body.length) > UNDER_WAY_MAX) {
      underWay.addAndGet(-body.length);
      metrics.outputDropped(body.length);
      return;
    }
    wire.send(
        new Wire.Address<>(Topic.PROGRESS, null, job.value()),
        "output-" + ids.incrementAndGet(),
        body,
        traceparent,
        failure -> {
          underWay.addAndGet(-body.length);
          if (failure != null) {
            metrics.outputDropped(body.length);
            LOG.debugf("Expected the broker to take output, but %s", failure.getMessage());
          }
        });
  }
}
