package dev.muster.dispatcher.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.testkit.Infrastructure;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Plans in, assignments out, results in, events out, on a real broker and database. */
class DispatchLoopIT {
  private static final Map<String, String> FAST =
      Map.of(
          "dispatcher.lease", "2S",
          "dispatcher.heartbeat", "0.3S",
          "dispatcher.shard-lease", "1S",
          "dispatcher.cancel-grace", "0.5S");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Capacity FOUR_CORES = new Capacity(4, 1_000, 1_000, List.of());
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static final Infrastructure infrastructure = Infrastructure.shared();
  private static TestBus bus;

  private final String pool = "pool-" + NAMES.incrementAndGet();
  private final List<TestDispatcher> dispatchers = new ArrayList<>();

  @BeforeAll
  static void openBus() {
    bus = new TestBus(infrastructure.bootstrapServers());
  }

  @AfterAll
  static void closeBus() {
    bus.close();
  }

  @AfterEach
  void stop() {
    dispatchers.forEach(TestDispatcher::close);
  }

  private TestDispatcher dispatcher() {
    TestDispatcher dispatcher = new TestDispatcher(infrastructure, FAST);
    dispatchers.add(dispatcher);
    return dispatcher;
  }

  private static JobId newJob() {
    return JobId.of(System.currentTimeMillis(), 0, ThreadLocalRandom.current().nextLong());
  }

  private WorkerId worker(long incarnation) {
    WorkerId worker = new WorkerId("w" + NAMES.incrementAndGet());
    bus.register(pool, worker, incarnation, FOUR_CORES);
    await().atMost(PATIENCE).until(() -> !bus.mail(worker.value()).isEmpty());
    assertThat(bus.mail(worker.value()).getFirst()).isInstanceOf(MailEvent.WorkerWelcomed.class);
    return worker;
  }

  private PlanEvent.JobPlanned planned(JobId job, int count) {
    return planned(job, count, null);
  }

  private PlanEvent.JobPlanned planned(JobId job, int count, @Nullable Gang gang) {
    RunSpec run =
        new RunSpec(
            List.of("true"),
            ResourceRequest.DEFAULT,
            new RetryPolicy(2, 0, Set.of(), 50, 50),
            60,
            null,
            gang);
    return new PlanEvent.JobPlanned(job, "t", pool, 0, count, IndexRanges.EMPTY, run);
  }

  private static PlanEvent.TasksPlanned tasks(JobId job, int count) {
    List<String> payloads = IntStream.range(0, count).mapToObj(i -> "{\"i\": " + i + "}").toList();
    return new PlanEvent.TasksPlanned(job, 0, count, payloads, null);
  }

  private List<AttemptRef> awaitLeases(WorkerId worker, int count) {
    await().atMost(PATIENCE).until(() -> bus.assigned(worker.value()).size() >= count);
    return bus.assigned(worker.value());
  }

  /** Answers every lease of the worker until the job has so many successes. */
  private void workUntil(WorkerId worker, JobId job, int successes) {
    Set<AttemptRef> answered = new HashSet<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          List<AttemptRef> fresh =
              bus.assigned(worker.value()).stream().filter(answered::add).toList();
          if (!fresh.isEmpty()) {
            bus.succeed(pool, worker, fresh);
          }
          return count(job, TaskEvent.TaskSucceeded.class) >= successes;
        });
  }

  private static long count(JobId job, Class<? extends TaskEvent> kind) {
    return bus.events(job).stream().filter(kind::isInstance).count();
  }

  @Test
  void waitingJobIsExplainedUntilItWaitsNoMore() {
    TestDispatcher dispatcher = dispatcher();
    JobId job = newJob();
    bus.plan(pool, planned(job, 3), tasks(job, 3));

    await().atMost(PATIENCE).until(() -> reason(dispatcher, job).equals("no_worker 3 true"));

    WorkerId worker = worker(1);
    workUntil(worker, job, 3);
    await().atMost(PATIENCE).until(() -> reason(dispatcher, job).isEmpty());
  }

  /** Reason, tasks that wait, and whether it was said in the last five seconds. */
  private static String reason(TestDispatcher dispatcher, JobId job) {
    return dispatcher.database.transaction(tx -> {
      String reason = "";
      for (Row row :
          tx.query(
              "SELECT reason, waiting, at > now() - interval '5 seconds'"
                  + " FROM dispatcher.explanation WHERE job_id = $1",
              job.value())) {
        reason = row.getString(0) + " " + row.getInteger(1) + " " + row.getBoolean(2);
      }
      return reason;
    });
  }

  @Test
  void planBecomesLeasesAndResultsBecomeEvents() {
    TestDispatcher dispatcher = dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();

    bus.plan(pool, planned(job, 40), tasks(job, 40));
    workUntil(worker, job, 40);

    assertThat(count(job, TaskEvent.TaskLeased.class)).isEqualTo(40);
    assertThat(count(job, TaskEvent.TaskSucceeded.class)).isEqualTo(40);
    assertThat(dispatcher.loop.isReady()).isTrue();
    MailEvent.AttemptsAssigned first =
        (MailEvent.AttemptsAssigned)
            bus.mail(worker.value()).stream()
                .filter(MailEvent.AttemptsAssigned.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(first.attempts().getFirst().payload()).isEqualTo("{\"i\": 0}");

    bus.jobEvent(pool, job, JobEvent.Kind.COMPLETED, JobState.COMPLETED);
    await().atMost(PATIENCE).until(() -> rows(dispatcher, "task", job) == 0);
    assertThat(rows(dispatcher, "job", job)).isZero();

    bus.plan(pool, planned(job, 40), tasks(job, 40));
    JobId next = newJob();
    bus.plan(pool, planned(next, 1), tasks(next, 1));
    workUntil(worker, next, 1);
    assertThat(count(job, TaskEvent.TaskLeased.class)).as("a late plan never runs").isEqualTo(40);
  }

  private static int rows(TestDispatcher dispatcher, String table, JobId job) {
    return dispatcher.database.transaction(tx ->
        tx.query(
                "SELECT count(*)::int FROM dispatcher." + table + " WHERE job_id = $1", job.value())
            .iterator()
            .next()
            .getInteger(0));
  }

  @Test
  void templateMakesPayloadsAsTheyAreNeeded() {
    dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    ChunkTemplate template = new ChunkTemplate("{}", "n", 100_000, 1_000_000, 0);

    bus.plan(
        pool,
        planned(job, 100_000),
        new PlanEvent.TasksPlanned(job, 0, 100_000, List.of(), template));

    awaitLeases(worker, 4);
    MailEvent.AttemptsAssigned assigned =
        (MailEvent.AttemptsAssigned)
            bus.mail(worker.value()).stream()
                .filter(MailEvent.AttemptsAssigned.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(assigned.attempts()).hasSize(4);
    assertThat(assigned.attempts().get(1).payload()).contains("\"start\":10", "\"end\":20");
    bus.jobEvent(pool, job, JobEvent.Kind.CANCELING, JobState.CANCELING);
  }

  @Test
  void silentWorkerLosesItsLeasesAndItsLateResultIsRefused() {
    TestDispatcher dispatcher = dispatcher();
    WorkerId frozen = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 1), tasks(job, 1));
    List<AttemptRef> first = awaitLeases(frozen, 1);

    await().atMost(PATIENCE).until(() -> count(job, TaskEvent.TaskRetrying.class) == 1);
    bus.succeed(pool, frozen, first);
    await().atMost(PATIENCE).until(() -> dispatcher.count("task.reports.stale") > 0);
    WorkerId other = worker(1);
    workUntil(other, job, 1);

    TaskEvent.TaskSucceeded end =
        (TaskEvent.TaskSucceeded)
            bus.events(job).stream()
                .filter(TaskEvent.TaskSucceeded.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(end.epoch()).isEqualTo(2);
    assertThat(bus.mail(frozen.value()))
        .anyMatch(mail ->
            mail instanceof MailEvent.AttemptsRevoked revoked
                && revoked.reason() == MailEvent.Reason.STALE);
  }

  @Test
  void silentWorkerIsNoticedAmongWorkersThatBeatAllTheTime() {
    dispatcher();
    WorkerId frozen = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 1), tasks(job, 1));
    awaitLeases(frozen, 1);
    WorkerId lively = worker(1);

    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          bus.beat(pool, lively, 1, FOUR_CORES, List.of());
          return count(job, TaskEvent.TaskRetrying.class) == 1;
        });
  }

  @Test
  void newIncarnationLosesTheLeasesOfTheOldOneAtOnce() {
    dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 1), tasks(job, 1));
    awaitLeases(worker, 1);

    bus.register(pool, worker, 2, FOUR_CORES);

    List<AttemptRef> leases = awaitLeases(worker, 2);
    assertThat(leases).extracting(AttemptRef::epoch).containsExactly(1L, 2L);
  }

  @Test
  void cancellationRevokesWhatLivesAndStopsTheJob() {
    dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 10), tasks(job, 10));
    List<AttemptRef> leases = awaitLeases(worker, 4);
    bus.report(
        pool, worker, leases.stream().<ReportEvent>map(ReportEvent.AttemptStarted::new).toList());

    bus.jobEvent(pool, job, JobEvent.Kind.CANCELING, JobState.CANCELING);

    await()
        .atMost(PATIENCE)
        .until(() ->
            bus.mail(worker.value()).stream()
                .anyMatch(mail ->
                    mail instanceof MailEvent.AttemptsRevoked revoked
                        && revoked.reason() == MailEvent.Reason.CANCELLED
                        && revoked.attempts().size() == 4));
    await().atMost(PATIENCE).until(() -> bus.events(job).contains(new TaskEvent.JobStopped()));
    assertThat(bus.events(job)).contains(new TaskEvent.TasksCancelled(IndexRanges.closed(0, 9)));
  }

  @Test
  void jobCancelledBeforeItsPlanNeverRuns() {
    dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    bus.jobEvent(pool, job, JobEvent.Kind.CANCELING, JobState.CANCELING);
    await().atMost(PATIENCE).until(() -> bus.events(job).contains(new TaskEvent.JobStopped()));

    bus.plan(pool, planned(job, 1), tasks(job, 1));
    JobId other = newJob();
    bus.plan(pool, planned(other, 1), tasks(other, 1));
    workUntil(worker, other, 1);

    assertThat(bus.assigned(worker.value())).noneMatch(lease -> lease.job().equals(job));
  }

  @Test
  void replacedDispatcherGoesOnWhereTheOldOneStopped() {
    TestDispatcher first = dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 200), tasks(job, 200));
    workUntil(worker, job, 20);

    first.loop.close();
    bus.succeed(pool, worker, bus.assigned(worker.value()));
    dispatcher();
    workUntil(worker, job, 200);

    Set<Integer> succeeded = new HashSet<>();
    for (TaskEvent event : bus.events(job)) {
      if (event instanceof TaskEvent.TaskSucceeded done) {
        assertThat(succeeded.add(done.index())).as("task %d ends once", done.index()).isTrue();
      }
    }
    assertThat(succeeded).hasSize(200);
  }

  @Test
  void fencedOwnerWritesNothing() {
    TestDispatcher first = dispatcher();
    WorkerId worker = worker(1);
    first.database.transaction(tx ->
        tx.update(
            "UPDATE dispatcher.shard_lease SET owner = 'thief', until = now() + interval '3 s'"
                + " WHERE shard = $1",
            Topic.shardOf(pool)));
    JobId job = newJob();

    bus.plan(pool, planned(job, 1), tasks(job, 1));

    workUntil(worker, job, 1);
    String owner =
        first.database.transaction(tx ->
            tx.query(
                    "SELECT owner FROM dispatcher.shard_lease WHERE shard = $1",
                    Topic.shardOf(pool))
                .iterator()
                .next()
                .getString(0));
    assertThat(owner).isNotEqualTo("thief");
    assertThat(count(job, TaskEvent.TaskLeased.class)).isEqualTo(1);
  }

  @Test
  void standbyTakesOverWhenTheOwnerGoes() {
    TestDispatcher owner = dispatcher();
    WorkerId worker = worker(1);
    TestDispatcher standby = dispatcher();
    await().atMost(PATIENCE).until(standby.loop::isReady);
    JobId job = newJob();
    bus.plan(pool, planned(job, 8), tasks(job, 8));
    awaitLeases(worker, 4);

    owner.loop.close();
    workUntil(worker, job, 8);

    assertThat(count(job, TaskEvent.TaskLeased.class)).isEqualTo(8);
  }

  @Test
  void gangKeepsItsSuccessesThroughARestartAndTellsThemTogether() {
    TestDispatcher first = dispatcher();
    WorkerId worker = worker(1);
    JobId job = newJob();
    bus.plan(pool, planned(job, 3, new Gang(3, 0, false)), tasks(job, 3));
    List<AttemptRef> leases = awaitLeases(worker, 3);
    bus.succeed(pool, worker, leases.subList(0, 2));
    await().atMost(PATIENCE).until(() -> inState(first, job, "GANG_WAIT") == 2);

    first.loop.close();
    dispatcher();
    bus.succeed(pool, worker, leases.subList(2, 3));

    await().atMost(PATIENCE).until(() -> count(job, TaskEvent.TaskSucceeded.class) == 3);
    MailEvent.AttemptsAssigned mail =
        (MailEvent.AttemptsAssigned)
            bus.mail(worker.value()).stream()
                .filter(MailEvent.AttemptsAssigned.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(mail.attempts())
        .extracting(lease -> Objects.requireNonNull(lease.gang()).rank())
        .containsExactly(0, 1, 2);
  }

  private static int inState(TestDispatcher dispatcher, JobId job, String state) {
    return dispatcher.database.transaction(tx ->
        tx.query(
                "SELECT count(*)::int FROM dispatcher.task WHERE job_id = $1 AND state = $2",
                job.value(),
                state)
            .iterator()
            .next()
            .getInteger(0));
  }

  @Test
  void unreadableRecordIsDeadLetteredAndTheRestGoesOn() {
    dispatcher();
    WorkerId worker = worker(1);
    bus.garbage(pool);
    JobId job = newJob();

    bus.plan(pool, planned(job, 1), tasks(job, 1));

    workUntil(worker, job, 1);
  }
}
