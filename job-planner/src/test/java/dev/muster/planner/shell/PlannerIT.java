package dev.muster.planner.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlannedStage;
import dev.muster.contracts.task.TaskPayload;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.planner.plan.Specs;
import dev.muster.testkit.RealStack;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "planner"))
class PlannerIT {
  private static final Logger LOG = Logger.getLogger(PlannerIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String bootstrapServers;

  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  @Inject Database database;
  @Inject OutboxRelay relay;
  @Inject MeterRegistry registry;

  private Wire wire;

  @BeforeEach
  void openWire() {
    wire = new Wire(bootstrapServers);
  }

  @AfterEach
  void closeWire() {
    wire.close();
  }

  @Test
  void singleTaskJobIsPlannedWithItsTrace() {
    JobId job = newJob();

    wire.submit(job, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY));

    await().atMost(PATIENCE).until(() -> wire.planned(job) == 1);
    assertThat(wire.said(job).getFirst()).isInstanceOf(PlanEvent.JobPlanned.class);
    assertThat(wire.recordsWithTrace(Wire.TRACE)).isPositive();
    assertThat(wire.recordsWithTrace(null)).isZero();
  }

  @Test
  void stagesArePlannedOneAfterTheOtherThoughEveryCompletionComesTwice() {
    JobId job = newJob();
    JobSpec spec = Specs.mapReduce();

    wire.submit(job, spec);
    await().atMost(PATIENCE).until(() -> wire.planned(job) == 9);
    wire.stageCompleted(job, 0);
    wire.stageCompleted(job, 0);
    await().atMost(PATIENCE).until(() -> wire.planned(job) == 12);
    wire.submit(job, spec);
    wire.stageCompleted(job, 0);
    wire.stageCompleted(job, 1);
    wire.stageCompleted(job, 1);
    await().atMost(PATIENCE).until(() -> wire.planned(job) >= 13);
    JobId later = newJob();
    wire.submit(later, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY));
    await().atMost(PATIENCE).until(() -> wire.planned(later) == 1);

    List<PlanEvent.TasksPlanned> ranges =
        wire.said(job).stream()
            .filter(PlanEvent.TasksPlanned.class::isInstance)
            .map(PlanEvent.TasksPlanned.class::cast)
            .toList();
    assertThat(ranges).extracting(PlanEvent.TasksPlanned::firstIndex).containsExactly(0, 9, 12);
    PlannedStage reduce = Objects.requireNonNull(ranges.get(1).stage());
    assertThat(Objects.requireNonNull(reduce.run()).runnerCommand()).containsExactly("r");
    assertThat(ranges.get(2).stage()).isEqualTo(new PlannedStage(2, null));
    assertThat(ranges.get(2).payloads()).containsExactly(TaskPayload.of(spec, 12, List.of()));
  }

  @Test
  void singleTaskJobPassesInMilliseconds() {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      JobId job = newJob();
      long start = System.nanoTime();
      wire.submit(job, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY));
      while (wire.planned(job) == 0 && System.nanoTime() - start < PATIENCE.toNanos()) {
        Thread.onSpinWait();
      }
      micros.add((System.nanoTime() - start) / 1_000);
    }
    List<Long> warm = micros.subList(100, 300).stream().sorted().toList();
    LOG.infof("submission to plan: p50 %d us, p99 %d us", warm.get(100), warm.get(198));
    assertThat(warm.get(100)).isLessThan(100_000);
  }

  @Test
  void largeListIsPlannedExactlyOnceThoughEveryRecordComesTwice() {
    JobId job = newJob();
    JobSpec spec =
        Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 100_000, 0), 0, IndexRanges.EMPTY);
    for (int round = 0; round < 2; round++) {
      wire.submit(job, spec);
      for (int chunk = 0; chunk < 100; chunk++) {
        wire.send(job, items(job, chunk, 1_000));
      }
    }

    await().atMost(PATIENCE).until(() -> wire.planned(job) >= 100_000);
    assertEverythingElseIsRead();
    assertThat(wire.planned(job)).isEqualTo(100_000);
    assertThat(state(job)).isEqualTo("PLANNED");
  }

  @Test
  void submissionThatIsSentAgainIsPlannedAgainAndAnOlderOneNot() {
    JobId job = newJob();
    JobSpec spec = Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 20, 0), 0, IndexRanges.EMPTY);
    wire.submit(job, spec);
    wire.send(job, items(job, 0, 10));
    wire.send(job, items(job, 1, 10));
    await().atMost(PATIENCE).until(() -> wire.planned(job) == 20);

    wire.send(job, new SubmissionEvent.JobSubmitted(job, spec, Instant.EPOCH, null, null, 1));
    for (int chunk = 0; chunk < 2; chunk++) {
      SubmissionEvent.JobItemsListed first = items(job, chunk, 10);
      wire.send(job, first);
      wire.send(
          job, new SubmissionEvent.JobItemsListed(job, chunk, first.firstItem(), first.items(), 1));
    }

    await().atMost(PATIENCE).until(() -> wire.planned(job) == 40);
    assertEverythingElseIsRead();
    assertThat(wire.planned(job)).isEqualTo(40);
    assertThat(state(job)).isEqualTo("PLANNED");
  }

  @Test
  void closedJobStaysClosedThoughItsSubmissionIsSentAgain() {
    JobId job = newJob();
    wire.jobEvent(job, JobEvent.Kind.CANCELING, JobState.CANCELING);
    await().atMost(PATIENCE).until(() -> "CLOSED".equals(state(job)));

    wire.send(
        job,
        new SubmissionEvent.JobSubmitted(
            job, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY), Instant.EPOCH, null, null, 1));

    assertEverythingElseIsRead();
    assertThat(wire.planned(job)).isZero();
  }

  @Test
  void itemsBeforeTheirJobAreKeptUntilItComes() {
    JobId job = newJob();
    JobSpec spec = Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 30, 0), 0, IndexRanges.EMPTY);
    wire.send(job, items(job, 2, 10));
    wire.send(job, items(job, 0, 10));
    await().atMost(PATIENCE).until(() -> "AWAITING".equals(state(job)));

    wire.submit(job, spec);
    wire.send(job, items(job, 1, 10));

    await().atMost(PATIENCE).until(() -> wire.planned(job) == 30);
    assertThat(wire.said(job).getFirst()).isInstanceOf(PlanEvent.JobPlanned.class);
    assertThat(state(job)).isEqualTo("PLANNED");
    assertThat(count("SELECT count(*) FROM planner.parked_chunk WHERE job_id = $1", job)).isZero();
  }

  @Test
  void jobThatIsBeingCancelledIsNotPlannedAnyMore() {
    JobId job = newJob();
    wire.jobEvent(job, JobEvent.Kind.CANCELING, JobState.CANCELING);
    await().atMost(PATIENCE).until(() -> "CLOSED".equals(state(job)));

    wire.submit(job, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY));

    assertEverythingElseIsRead();
    assertThat(wire.said(job)).isEmpty();
  }

  @Test
  void finishedJobIsNotPlannedAgainByARepeatedRecord() {
    JobId job = newJob();
    JobSpec spec = Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY);
    wire.submit(job, spec);
    await().atMost(PATIENCE).until(() -> wire.planned(job) == 1);
    wire.jobEvent(job, JobEvent.Kind.RUNNING, JobState.RUNNING);
    wire.jobEvent(job, JobEvent.Kind.COMPLETED, JobState.COMPLETED);
    await().atMost(PATIENCE).until(() -> "CLOSED".equals(state(job)));

    wire.submit(job, spec);

    assertEverythingElseIsRead();
    assertThat(wire.planned(job)).isEqualTo(1);
  }

  @Test
  void whatCannotBeReadIsDeadLetteredAndTheRestGoesOn() {
    JobId before = newJob();
    JobId after = newJob();
    JobSpec spec = Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY);
    String mark = "garbage-" + before.value();
    wire.submit(before, spec);
    wire.raw(Topic.SUBMISSIONS, before, "x", mark.getBytes(StandardCharsets.UTF_8));
    wire.raw(Topic.JOB_EVENTS, before, "x", mark.getBytes(StandardCharsets.UTF_8));
    wire.raw(Topic.SUBMISSIONS, before, "x", "[".repeat(900_000).getBytes(StandardCharsets.UTF_8));
    wire.submit(after, spec);

    await().atMost(PATIENCE).until(() -> wire.planned(before) == 1 && wire.planned(after) == 1);
    await()
        .atMost(PATIENCE)
        .until(() -> wire.dead().stream().filter(l -> l.contains(before.value())).count() == 3);
  }

  @Test
  void whatNobodyCanPlanIsDeadLetteredAloneThoughItCanBeRead() {
    JobId odd = newJob();
    JobId good = newJob();
    String noSpec =
        "{\"at\":\"2026-01-01T00:00:00Z\",\"events\":[{\"type\":\"job_submitted\",\"job\":\""
            + odd.value()
            + "\"}]}";
    wire.raw(Topic.SUBMISSIONS, odd, "x", noSpec.getBytes(StandardCharsets.UTF_8));
    wire.submit(good, Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY));

    await().atMost(PATIENCE).until(() -> wire.planned(good) == 1);
    await()
        .atMost(PATIENCE)
        .until(() -> wire.dead().stream().filter(l -> l.contains(odd.value())).count() == 1);
  }

  @Test
  void everyDecisionHoldsWhenManyJobsComeAtOnce() {
    List<JobId> jobs = IntStream.range(0, 1_000).mapToObj(i -> newJob()).toList();
    JobSpec spec = Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY);
    List<JobId> twice = new ArrayList<>(jobs);
    twice.addAll(jobs);
    Collections.shuffle(twice);
    twice.forEach(job -> wire.submit(job, spec));

    await().atMost(PATIENCE).until(() -> jobs.stream().allMatch(job -> wire.planned(job) >= 1));
    assertEverythingElseIsRead();
    assertThat(jobs).allMatch(job -> wire.planned(job) == 1);
  }

  @Test
  void tellsHealthAndMetrics() throws Exception {
    await().atMost(PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
    assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
    await().atMost(PATIENCE).until(relay::isConnected);
    String metrics = get("/q/metrics").body();
    assertThat(metrics)
        .contains("jobs_planned_total", "tasks_planned_total", "outbox_pending")
        .contains("outbox_oldest_age_seconds", "dead_letters_total");
    assertThat(registry.get("jobs.planned").counter()).isNotNull();
  }

  /** A record behind everything sent so far, on every partition, and its plan. */
  private void assertEverythingElseIsRead() {
    JobSpec spec = Specs.spec("elsewhere", FanOut.NONE, 0, IndexRanges.EMPTY);
    List<JobId> last = IntStream.range(0, 40).mapToObj(i -> newJob()).toList();
    last.forEach(job -> wire.submit(job, spec));
    await().atMost(PATIENCE).until(() -> last.stream().allMatch(job -> wire.planned(job) == 1));
    await().atMost(PATIENCE).until(() -> count("SELECT count(*) FROM planner.outbox") == 0);
    wire.said(last.getFirst());
  }

  private static SubmissionEvent.JobItemsListed items(JobId job, int chunk, int size) {
    int first = chunk * size;
    return new SubmissionEvent.JobItemsListed(
        job, chunk, first, IntStream.range(first, first + size).mapToObj(Specs::item).toList());
  }

  private static JobId newJob() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return JobId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
  }

  private String state(JobId job) {
    return database.transaction(tx ->
        tx.query("SELECT state FROM planner.plan WHERE job_id = $1", job.value()).stream()
            .map(row -> row.getString(0))
            .findFirst()
            .orElse("UNKNOWN"));
  }

  private long count(String sql, JobId... jobs) {
    Object[] ids = List.of(jobs).stream().map(JobId::value).toArray();
    return database.transaction(tx -> tx.query(sql, ids).iterator().next().getLong(0));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
