package dev.muster.agent.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.contracts.worker.WorkerEvent.WorkerHeartbeat;
import dev.muster.contracts.worker.WorkerEvent.WorkerRegistered;
import dev.muster.contracts.worker.WorkerEvent.WorkerStopped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Says at its pace who the worker is and what it holds: registers until it is welcomed, then sends
 * heartbeats; after a fence it begins a new incarnation once nothing of the old one is left.
 */
final class HeartbeatLoop implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(HeartbeatLoop.class);

  /** How often the lease is looked at when nothing else happens. */
  private static final Duration TICK_MAX = Duration.ofMillis(200);

  /** Words to the dispatcher on their way at most; more would only be old when they arrive. */
  private static final int UNDER_WAY_MAX = 2;

  private final Session session;
  private final AttemptDesk desk;
  private final ReportSender reports;
  private final Wire wire;
  private final String pool;
  private final Capacity capacity;
  private final String address;
  private final LongSupplier nextIncarnation;
  private final DiskWatch disk;
  private final Semaphore wake = new Semaphore(0);
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong();
  private final Thread thread =
      Thread.ofPlatform().name("heartbeat-loop").daemon().unstarted(this::run);
  private volatile boolean running = true;

  /**
   * @param pool the fleet
   * @param capacity what the worker gives
   * @param address where other workers reach it
   */
  record Introduction(String pool, Capacity capacity, String address) {}

  HeartbeatLoop(
      Session session,
      AttemptDesk desk,
      ReportSender reports,
      Wire wire,
      Introduction introduction,
      LongSupplier nextIncarnation,
      DiskWatch disk) {
    this.disk = disk;
    this.session = session;
    this.desk = desk;
    this.reports = reports;
    this.wire = wire;
    this.pool = introduction.pool();
    this.capacity = introduction.capacity();
    this.address = introduction.address();
    this.nextIncarnation = nextIncarnation;
  }

  /** Begins the first incarnation. The mail must have its position already. */
  void start() {
    session.begin(nextIncarnation.getAsLong());
    thread.start();
  }

  /** Something changed that the dispatcher should hear of soon. */
  void wake() {
    wake.release();
  }

  /** Stops, and tells the dispatcher so. */
  @Override
  public void close() {
    running = false;
    wake.release();
    try {
      if (session.incarnation() == 0) {
        return;
      }
      thread.join(Duration.ofSeconds(3));
      CountDownLatch sent = new CountDownLatch(1);
      WorkerEvent stopped = new WorkerStopped(wire.worker(), session.incarnation());
      wire.send(
          address(),
          id(),
          wire.body(Topic.HEARTBEATS, List.of(stopped)),
          null,
          failure -> sent.countDown());
      if (!sent.await(2, TimeUnit.SECONDS)) {
        LOG.warn("Expected to sign off, but the broker did not answer; the lease will run out");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long due = System.nanoTime();
    try {
      while (running) {
        desk.checkLease();
        beginAnewIfFenced();
        if (System.nanoTime() - due >= 0) {
          due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(session.heartbeatMillis());
          speak();
        }
        long wait = Math.min(due - System.nanoTime(), TICK_MAX.toNanos());
        if (wake.tryAcquire(Math.max(0, wait), TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
          due = System.nanoTime();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beginAnewIfFenced() {
    if (session.isFenced() && desk.isIdle() && reports.isEmpty()) {
      session.begin(nextIncarnation.getAsLong());
      LOG.infof(
          "Nothing of the former incarnation is left; registering as %d", session.incarnation());
      wake.release();
    }
  }

  private void speak() {
    if (session.isFenced() || underWay.get() >= UNDER_WAY_MAX) {
      return;
    }
    desk.full(disk.isFull());
    long incarnation = session.incarnation();
    long made = System.nanoTime();
    WorkerEvent word =
        session.isWelcomed()
            ? new WorkerHeartbeat(
                wire.worker(), incarnation, pool, capacity, desk.refs(), desk.isDraining(), address)
            : new WorkerRegistered(wire.worker(), incarnation, pool, capacity, address);
    underWay.incrementAndGet();
    wire.send(
        address(),
        id(),
        wire.body(Topic.HEARTBEATS, List.of(word)),
        null,
        failure -> {
          underWay.decrementAndGet();
          if (failure == null) {
            session.contacted(incarnation, made);
          } else {
            LOG.warnf("Expected the broker to take a heartbeat, but %s", failure.getMessage());
          }
        });
  }

  private Wire.Address<WorkerEvent> address() {
    return new Wire.Address<>(Topic.HEARTBEATS, Topic.shardOf(pool), wire.worker().value());
  }

  private String id() {
    return session.incarnation() + "-" + ids.incrementAndGet();
  }
}
