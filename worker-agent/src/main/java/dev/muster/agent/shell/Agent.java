package dev.muster.agent.shell;

import dev.muster.agent.attempt.StopCause;
import dev.muster.agent.output.AttemptOutput;
import dev.muster.agent.shell.files.AttemptFiles;
import dev.muster.agent.shell.process.ControlGroups;
import dev.muster.agent.shell.process.Inherited;
import dev.muster.agent.shell.process.NativeLauncher;
import dev.muster.agent.shell.process.Sandbox;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The worker agent, put together: what receives, what decides, what runs, what reports. */
final class Agent implements AutoCloseable, AttemptEffects {
  private static final Logger LOG = Logger.getLogger(Agent.class);
  private static final List<String> NOOP = List.of("muster:noop");
  private static final Duration LAST_REPORTS_MAX = Duration.ofSeconds(3);
  private static final long MIB = 1024 * 1024;
  private static final int MAIL_RECORDS_MAX = 500;

  private final AgentConfig config;
  private final DataFolder folder;
  private final Session session = new Session();
  private final Producer<String, byte[]> producer;
  private final ScheduledThreadPoolExecutor timers;
  private final OutputSender output;
  private final ReportSender reports;
  private final AttemptRunner runner;
  private final AttemptDesk desk;
  private final HeartbeatLoop heartbeats;
  private final MailConsumer mail;
  private final Tracing tracing;

  Agent(AgentConfig config, String bootstrapServers, MeterRegistry registry, Clock clock) {
    this(
        config,
        bootstrapServers,
        registry,
        clock,
        folder -> DiskWatch.of(folder, config.storageFloorMb() * MIB));
  }

  /**
   * @param disks watches the disk of a folder
   */
  Agent(
      AgentConfig config,
      String bootstrapServers,
      MeterRegistry registry,
      Clock clock,
      Function<Path, DiskWatch> disks) {
    this.config = config;
    WorkerId worker = new WorkerId(config.workerId());
    AgentMetrics metrics = new AgentMetrics(registry);
    metrics.watch(session);
    folder = new DataFolder(Path.of(config.dataDir()));
    DiskWatch disk = disks.apply(folder.work());
    Capacity capacity = HostInventory.of(config, folder.work());
    LOG.infof("Worker %s of pool %s offers %s", worker, config.pool(), capacity);
    Inherited.limit(capacity.storageMb() * MIB);
    Optional<Sandbox> sandbox = sandbox(config, folder.root());
    producer = KafkaClients.producer(bootstrapServers);
    tracing = Tracing.of("worker-agent", System.getenv());
    Wire wire = new Wire(producer, worker, clock, tracing);
    timers =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("agent-timers").daemon().factory());
    timers.setRemoveOnCancelPolicy(true);
    output = new OutputSender(wire, config, metrics);
    reports =
        new ReportSender(
            wire,
            config.pool(),
            new ReportSpool(folder.reports()),
            metrics,
            refs -> desk().acknowledged(refs));
    runner =
        new AttemptRunner(
            new NativeLauncher(),
            new AttemptFiles(
                new AttemptFiles.Settings(
                    config.gatewayUrl(),
                    config.filePatience(),
                    folder.cache(),
                    config.cacheBytesMax(),
                    config.path(),
                    config.environmentTimeout())),
            new Containment(folder.work(), controlGroups(config), sandbox),
            folder.work(),
            config.path(),
            output,
            metrics);
    HostMask mask =
        new HostMask(
            folder.root(), folder.work(), capacity.gpus().stream().map(GpuDevice::uuid).toList());
    desk =
        new AttemptDesk(
            session,
            new WaitingLine(capacity),
            (ref, assignment) ->
                new AttemptOutput(
                    config.outputWholeBytes(),
                    ResultFile::isProgressDocument,
                    () -> mask.of(ref, assignment.devices())),
            this,
            new AttemptSpans(tracing),
            metrics);
    heartbeats =
        new HeartbeatLoop(
            session,
            desk,
            reports,
            wire,
            new HeartbeatLoop.Introduction(
                config.pool(), capacity, config.address().orElseGet(HostInventory::address)),
            () -> folder.nextIncarnation(clock.millis()),
            disk);
    mail =
        new MailConsumer(
            KafkaClients.consumer(bootstrapServers, MAIL_RECORDS_MAX),
            wire,
            session,
            desk,
            tracing,
            heartbeats::wake);
  }

  /**
   * The sandbox of commands, where there is one and it is wanted.
   *
   * @throws IllegalStateException when one is required and there is none
   */
  private static Optional<Sandbox> sandbox(AgentConfig config, Path root) {
    if (config.sandbox() == AgentConfig.SandboxUse.OFF) {
      LOG.info("Commands run without a sandbox, as configured");
      return Optional.empty();
    }
    Optional<Sandbox> sandbox =
        Sandbox.find(config.path(), root, config.sandboxRead().orElse(List.of()));
    if (sandbox.isEmpty() && config.sandbox() == AgentConfig.SandboxUse.REQUIRED) {
      throw new IllegalStateException(
          "Expected bubblewrap (bwrap) on agent.path and a kernel that lets it run, as"
              + " agent.sandbox=required asks for, but there is none that works");
    }
    LOG.info(
        sandbox.isPresent()
            ? "Commands run in a sandbox of bubblewrap"
            : "Commands run without a sandbox: bubblewrap is missing or does not work here");
    return sandbox;
  }

  private static ControlGroups controlGroups(AgentConfig config) {
    return config.cgroups()
        ? ControlGroups.open("muster-" + config.workerId(), config.processesMax())
        : ControlGroups.none();
  }

  /** Cleans up after a former agent, takes its place in the mail, and registers. */
  void start() {
    try {
      runner.cleanUp();
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to delete former work folders, but it failed", e);
    }
    reports.start();
    output.start();
    timers.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
    mail.start();
    Thread.ofPlatform().name("agent-start").daemon().start(this::registerWhenPositioned);
  }

  /** Whether the dispatcher knows this worker. */
  boolean isReady() {
    return session.isWelcomed();
  }

  AttemptDesk desk() {
    return desk;
  }

  /** Gives back what has not started, lets the rest end or ends it, reports, and signs off. */
  @Override
  public void close() {
    desk.drain();
    heartbeats.wake();
    awaitAtMost(config.shutdownFinish(), desk::isIdle);
    desk.shutDown();
    awaitAtMost(config.shutdownKillGrace().plusSeconds(3), desk::isIdle);
    output.close();
    awaitAtMost(LAST_REPORTS_MAX, reports::isEmpty);
    mail.close();
    heartbeats.close();
    reports.close();
    timers.shutdownNow();
    runner.close();
    producer.close(Duration.ofSeconds(1));
    tracing.close();
    folder.close();
  }

  @Override
  public void start(HeldAttempt attempt) {
    if (config.noopRunner() && attempt.run().runnerCommand().equals(NOOP)) {
      desk.launched(attempt);
      desk.ended(attempt, NOOP_END);
    } else {
      runner.start(attempt, desk);
    }
  }

  private static final AttemptEnd NOOP_END =
      new AttemptEnd(AttemptEnd.Status.SUCCEEDED, "{}", 0, null, null, null, null, 0, 0);

  @Override
  public void started(HeldAttempt attempt) {
    attempt.timeout =
        timers.schedule(
            () -> desk.expired(attempt), attempt.run().timeoutSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void stop(HeldAttempt attempt, StopCause cause) {
    switch (cause) {
      case TIMEOUT, CANCELLED -> terminate(attempt, config.killGrace());
      case SHUTDOWN -> terminate(attempt, config.shutdownKillGrace());
      // Somebody else may run the task already: no grace.
      case FENCED, STALE -> AttemptRunner.signal(attempt, true);
    }
  }

  @Override
  public void report(ReportEvent report, @Nullable String traceparent) {
    reports.add(report, traceparent);
  }

  private void terminate(HeldAttempt attempt, Duration grace) {
    AttemptRunner.signal(attempt, false);
    timers.schedule(
        () -> AttemptRunner.signal(attempt, true), grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void registerWhenPositioned() {
    try {
      if (mail.awaitPosition()) {
        heartbeats.start();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweep() {
    try {
      desk.checkLease();
      runner.sweep(desk.isIdle());
    } catch (RuntimeException e) {
      LOG.error("Expected to look for leftover processes, but it failed", e);
    }
  }

  private static void awaitAtMost(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
