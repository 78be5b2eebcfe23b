package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.MailEvent.Reason;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.ReportEvent.AttemptFinished;
import dev.muster.contracts.worker.ReportEvent.AttemptReturned;
import dev.muster.contracts.worker.ReportEvent.AttemptStarted;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.contracts.worker.WorkerEvent.WorkerHeartbeat;
import dev.muster.contracts.worker.WorkerEvent.WorkerRegistered;
import dev.muster.contracts.worker.WorkerEvent.WorkerStopped;
import dev.muster.kit.Json;
import dev.muster.testkit.Infrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's side of the protocol with the dispatcher, on the real broker. */
class ProtocolIT {
  private static final AtomicInteger WORKERS = new AtomicInteger();
  private static final RunSpec NOOP = FakeDispatcher.run(60, "muster:noop");
  private static final RunSpec FOREVER = FakeDispatcher.run(600, "/bin/sleep", "600");

  @TempDir Path data;

  private final String worker = "protocol-it-" + WORKERS.incrementAndGet();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private FakeDispatcher dispatcher;
  private @Nullable Agent agent;

  @BeforeEach
  void startDispatcher() {
    dispatcher =
        new FakeDispatcher(
            Infrastructure.shared().bootstrapServers(), worker, Duration.ofSeconds(3));
  }

  @AfterEach
  void stopBoth() {
    if (agent != null) {
      agent.close();
    }
    dispatcher.close();
  }

  @Test
  void registersUntilItIsWelcomedThenSendsHeartbeats() {
    dispatcher.welcome(false);
    start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> registrations() >= 2);
    assertThat(agent().isReady()).isFalse();

    dispatcher.welcome(true);

    Awaitility.await().atMost(Duration.ofMinutes(1)).until(agent()::isReady);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> heartbeats() >= 2);
  }

  @Test
  void incarnationGrowsWithEveryStart() {
    startAndAwait();
    long first = dispatcher.incarnation();
    agent().close();

    startAndAwait();

    assertThat(dispatcher.incarnation()).isGreaterThan(first);
  }

  @Test
  void heartbeatListsWhatIsHeldUntilItsReportArrived() {
    startAndAwait();
    AttemptRef ref = dispatcher.assign(FOREVER, "{}");

    dispatcher.awaitReport(new AttemptStarted(ref));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().equals(List.of(ref)));
    dispatcher.revoke(ref, Reason.CANCELLED);

    assertThat(dispatcher.awaitEnd(ref).status()).isEqualTo(Status.CANCELLED);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().isEmpty());
  }

  @Test
  void assignmentThatComesTwiceRunsOnceAndItsReportIsRepeated() {
    startAndAwait();
    JobId job = FakeDispatcher.newJob();
    AttemptRef ref = dispatcher.assign(job, NOOP, 1, "{}");
    AttemptEnd end = dispatcher.awaitEnd(ref);

    dispatcher.assign(job, NOOP, 1, "{}");

    ReportEvent report = new AttemptFinished(ref, end);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> count(report) == 2);
    assertThat(count(new AttemptStarted(ref))).isEqualTo(1);
  }

  @Test
  void higherEpochSupersedesAndALowerOneIsDropped() {
    startAndAwait();
    JobId job = FakeDispatcher.newJob();
    AttemptRef first = dispatcher.assign(job, FOREVER, 1, "{}");
    dispatcher.awaitReport(new AttemptStarted(first));

    AttemptRef second = dispatcher.assign(job, NOOP, 2, "{}");
    assertThat(dispatcher.awaitEnd(second).status()).isEqualTo(Status.SUCCEEDED);
    dispatcher.assign(job, FOREVER, 1, "{}");

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> metric("worker_mail_dropped") == 1);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().isEmpty());
    assertThat(dispatcher.end(first)).isEmpty();
  }

  @Test
  void mailForAnotherIncarnationIsDropped() {
    startAndAwait();
    dispatcher.mail(
        new MailEvent.AttemptsAssigned(
            dispatcher.incarnation() - 1,
            FakeDispatcher.newJob(),
            NOOP,
            null,
            List.of(new MailEvent.Assignment(0, 1, 1, "{}", List.of()))));
    AttemptRef next = dispatcher.assign(NOOP, "{}");

    dispatcher.awaitEnd(next);
    assertThat(dispatcher.reports()).allMatch(report -> report.attempt().equals(next));
  }

  @Test
  void whatWaitsIsGivenBackWhenItIsWantedElsewhereAndWhatRunsIsKept() {
    startAndAwait();
    RunSpec whole =
        new RunSpec(
            FOREVER.runnerCommand(),
            new ResourceRequest(0, 0, null, 4, 0, 0),
            RetryPolicy.DEFAULT,
            60);
    AttemptRef runs = dispatcher.assign(whole, "{}");
    AttemptRef waits = dispatcher.assign(whole, "{}");
    dispatcher.awaitReport(new AttemptStarted(runs));

    dispatcher.revoke(runs, Reason.UNSTARTED_WANTED);
    dispatcher.revoke(waits, Reason.UNSTARTED_WANTED);

    dispatcher.awaitReport(new AttemptReturned(waits));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().equals(List.of(runs)));
    assertThat(count(new AttemptStarted(waits))).isZero();
  }

  @Test
  void drainingWorkerReturnsWhatComes() {
    startAndAwait();
    dispatcher.mail(new MailEvent.WorkerDrainRequested(dispatcher.incarnation()));

    AttemptRef ref = dispatcher.assign(NOOP, "{}");

    dispatcher.awaitReport(new AttemptReturned(ref));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> lastHeartbeat().draining());
  }

  @Test
  void workerWhoseDiskIsFullTakesNoWorkUntilThereIsRoom() {
    AtomicLong free = new AtomicLong(0);
    startWith(folder -> new DiskWatch(free::get, 1_000));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(agent()::isReady);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> lastHeartbeat().draining());

    AttemptRef refused = dispatcher.assign(NOOP, "{}");
    dispatcher.awaitReport(new AttemptReturned(refused));
    free.set(10_000);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !lastHeartbeat().draining());
    AttemptRef taken = dispatcher.assign(NOOP, "{}");

    assertThat(dispatcher.awaitEnd(taken).status()).isEqualTo(Status.SUCCEEDED);
    assertThat(count(new AttemptStarted(refused))).isZero();
  }

  @Test
  void stoppingAgentEndsWhatRunsReportsItLostAndSignsOff() {
    startAndAwait();
    AttemptRef ref = dispatcher.assign(FOREVER, "{}");
    dispatcher.awaitReport(new AttemptStarted(ref));

    agent().close();

    assertThat(dispatcher.awaitEnd(ref).status()).isEqualTo(Status.LOST);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() ->
            dispatcher
                .words()
                .contains(new WorkerStopped(new WorkerId(worker), dispatcher.incarnation())));
  }

  @Test
  void staleAttemptIsKilledAndNothingIsSaidOfIt() {
    startAndAwait();
    AttemptRef ref = dispatcher.assign(FOREVER, "{}");
    dispatcher.awaitReport(new AttemptStarted(ref));

    dispatcher.revoke(ref, Reason.STALE);

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().isEmpty());
    assertThat(dispatcher.end(ref)).isEmpty();
  }

  @Test
  void reportsOfAFormerAgentAreSent() throws IOException {
    AttemptRef ref = new AttemptRef(FakeDispatcher.newJob(), 0, 1, 1);
    ReportEvent report =
        new AttemptFinished(
            ref, new AttemptEnd(Status.SUCCEEDED, "7", 0, null, null, null, null, 0, 1));
    Path spool = Files.createDirectories(data.resolve("reports"));
    Files.write(
        spool.resolve("7.json"),
        Json.bytes(Topic.RESULTS, new Message<>(Instant.now(), List.of(report))));

    startAndAwait();

    dispatcher.awaitReport(report);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(spool.resolve("7.json")).isEmptyFile());
  }

  @Test
  void processesThatAKilledAgentLeftAreKilledBeforeTheNextRegisters() throws Exception {
    Path work = data.toRealPath().resolve("work");
    ProcessBuilder marked = new ProcessBuilder("/bin/sleep", "600");
    marked.environment().put("MUSTER_TASK_PAYLOAD", work.resolve("x/payload.json").toString());
    Process orphan = marked.start();

    startAndAwait();

    assertThat(orphan.isAlive()).isFalse();
    assertThat(metric("worker_leftovers_killed")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void withoutContactTheAgentKillsWhatRunsAndComesBackAsANewIncarnation() throws Exception {
    startAndAwait();
    long first = dispatcher.incarnation();
    AttemptRef ref = dispatcher.assign(FOREVER, "{}");
    dispatcher.awaitReport(new AttemptStarted(ref));
    ProcessHandle broker = broker();

    signal("-STOP", broker);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> metric("worker_fenced") == 1);
      assertThat(agent().isReady()).isFalse();
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> agent().desk().isIdle());
    } finally {
      signal("-CONT", broker);
    }

    assertThat(dispatcher.awaitEnd(ref).status()).isEqualTo(Status.LOST);
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> dispatcher.incarnation() > first);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(agent()::isReady);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> lastHeartbeat().attempts().isEmpty());
  }

  private static ProcessHandle broker() {
    return ProcessHandle.current()
        .descendants()
        .filter(process ->
            process.info().commandLine().orElse("").toLowerCase(Locale.ROOT).contains("kafka"))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("Expected the broker to be a child of the tests, but no"));
  }

  private static void signal(String signal, ProcessHandle process) throws Exception {
    assertThat(
            new ProcessBuilder("/bin/kill", signal, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private void start() {
    agent =
        TestAgents.start(
            TestAgents.config(worker, data, Map.of("agent.gpus", "1xL4-24GB")), registry);
  }

  private void startWith(Function<Path, DiskWatch> disks) {
    agent =
        new Agent(
            TestAgents.config(worker, data, Map.of()),
            Infrastructure.shared().bootstrapServers(),
            registry,
            Clock.systemUTC(),
            disks);
    agent.start();
  }

  private void startAndAwait() {
    start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(agent()::isReady);
  }

  private Agent agent() {
    return Objects.requireNonNull(agent);
  }

  private long registrations() {
    return dispatcher.words().stream().filter(WorkerRegistered.class::isInstance).count();
  }

  private long heartbeats() {
    return dispatcher.words().stream().filter(WorkerHeartbeat.class::isInstance).count();
  }

  private WorkerHeartbeat lastHeartbeat() {
    List<WorkerEvent> words =
        dispatcher.words().stream().filter(WorkerHeartbeat.class::isInstance).toList();
    return words.isEmpty()
        ? new WorkerHeartbeat(
            new WorkerId(worker),
            0,
            "none",
            new Capacity(0, 0, 0, List.of()),
            List.of(new AttemptRef(FakeDispatcher.newJob(), 0, 1, 1)),
            false)
        : (WorkerHeartbeat) words.getLast();
  }

  private long count(ReportEvent report) {
    return dispatcher.reports().stream().filter(report::equals).count();
  }

  private double metric(String name) {
    return registry.counter(name).count();
  }
}
