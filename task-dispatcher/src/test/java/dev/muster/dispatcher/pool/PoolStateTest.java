package dev.muster.dispatcher.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlannedStage;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.placement.BestFitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolStateTest {
  private static final PoolSettings SETTINGS =
      new PoolSettings(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMillis(100),
          512,
          Duration.ofSeconds(30),
          2_000);
  private static final WorkerId ONE = new WorkerId("one");
  private static final WorkerId TWO = new WorkerId("two");
  private static final ResourceRequest GPU = new ResourceRequest(1, 0, null, 1, 0, 0);

  private final PoolState pool = new PoolState("p", SETTINGS, new BestFitPolicy(), () -> 0.5);
  private final List<Mail> mail = new ArrayList<>();
  private final List<TaskEvent> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int ages;

  private void tell(PoolCommand... commands) {
    Effects effects = new Effects();
    for (PoolCommand command : commands) {
      pool.apply(command, now, effects);
    }
    pool.apply(new PoolCommand.Place(), now, effects);
    mail.addAll(effects.mail());
    effects.newsworthy().forEach(job -> events.addAll(effects.news(job).events()));
  }

  private static Capacity capacity(int cpus, int gpus) {
    return new Capacity(
        cpus,
        1_000,
        1_000,
        IntStream.range(0, gpus).mapToObj(i -> new GpuDevice("g" + i, "H100", 80_000)).toList());
  }

  private void join(WorkerId worker, int cpus, int gpus) {
    tell(
        new PoolCommand.Hear(
            new WorkerEvent.WorkerRegistered(worker, 1, "p", capacity(cpus, gpus))));
  }

  private void beat(WorkerId worker, int cpus, int gpus, List<AttemptRef> held) {
    tell(
        new PoolCommand.Hear(
            new WorkerEvent.WorkerHeartbeat(worker, 1, "p", capacity(cpus, gpus), held, false)));
  }

  private JobId plan(int count, ResourceRequest request) {
    JobId job = JobId.of(++ages, 0, 0);
    RunSpec run = new RunSpec(List.of("x"), request, RetryPolicy.DEFAULT, 60);
    tell(
        new PoolCommand.Plan(
            new PlanEvent.JobPlanned(job, "t", "p", 0, count, IndexRanges.EMPTY, run), null),
        new PoolCommand.Plan(
            new PlanEvent.TasksPlanned(job, 0, count, Collections.nCopies(count, "{}"), null),
            null));
    return job;
  }

  private List<AttemptRef> leases(WorkerId worker) {
    return mail.stream()
        .filter(letter -> letter instanceof Mail.Assign && letter.worker().equals(worker))
        .map(letter -> ((Mail.Assign) letter).attempt())
        .toList();
  }

  private List<Mail.Revoke> revocations(MailEvent.Reason reason) {
    return mail.stream()
        .filter(letter -> letter instanceof Mail.Revoke)
        .map(letter -> (Mail.Revoke) letter)
        .filter(revoke -> revoke.reason() == reason)
        .toList();
  }

  private void finish(WorkerId worker, AttemptRef attempt, long runMillis) {
    AttemptEnd end =
        new AttemptEnd(AttemptEnd.Status.SUCCEEDED, "1", 0, null, null, null, null, 0, runMillis);
    tell(new PoolCommand.Report(worker, new ReportEvent.AttemptFinished(attempt, end)));
  }

  private void start(WorkerId worker, AttemptRef attempt) {
    tell(new PoolCommand.Report(worker, new ReportEvent.AttemptStarted(attempt)));
  }

  @Test
  void laterStageRunsByItsOwnCommandAndRequirements() {
    join(ONE, 2, 0);
    join(TWO, 2, 1);
    JobId job = plan(1, ResourceRequest.DEFAULT);
    Mail.Assign first = (Mail.Assign) mail.getLast();
    finish(first.worker(), first.attempt(), 1);
    RunSpec run = new RunSpec(List.of("reduce"), GPU, RetryPolicy.DEFAULT, 60);
    PlanEvent.TasksPlanned stage =
        new PlanEvent.TasksPlanned(job, 1, 2, List.of("{}", "{}"), null, new PlannedStage(1, run));

    tell(new PoolCommand.Plan(stage, null), new PoolCommand.Plan(stage, null));

    assertThat(leases(TWO)).filteredOn(attempt -> attempt.index() > 0).hasSize(1);
    assertThat(leases(ONE)).filteredOn(attempt -> attempt.index() > 0).isEmpty();
    assertThat(((Mail.Assign) mail.getLast()).job().run()).isEqualTo(run);
  }

  @Test
  void unknownRunTimeIsNeverLeasedAhead() {
    join(ONE, 2, 0);

    plan(10, ResourceRequest.DEFAULT);

    assertThat(leases(ONE)).hasSize(2);
  }

  @Test
  void shortTasksAreLeasedAheadByWhatFitsInTheWindow() {
    join(ONE, 2, 0);
    plan(100, ResourceRequest.DEFAULT);

    finish(ONE, leases(ONE).getFirst(), 10);

    assertThat(leases(ONE)).as("2 + 1 + 100 ms / 10 ms * 2 cores").hasSize(2 + 1 + 20);
  }

  @Test
  void shortTasksThatFailAreLeasedAheadToo() {
    join(ONE, 2, 0);
    plan(100, ResourceRequest.DEFAULT);
    AttemptEnd failed =
        new AttemptEnd(
            AttemptEnd.Status.FAILED, null, 1, null, ErrorCode.EXIT_NONZERO, "exit 1", "", 0, 10);

    tell(
        new PoolCommand.Report(
            ONE, new ReportEvent.AttemptFinished(leases(ONE).getFirst(), failed)));

    assertThat(leases(ONE)).hasSize(2 + 1 + 20);
  }

  @Test
  void longTasksAndGpuTasksAreNeverLeasedAhead() {
    join(ONE, 2, 1);
    plan(10, GPU);
    finish(ONE, leases(ONE).getFirst(), 1);
    plan(10, ResourceRequest.DEFAULT);
    AttemptRef second = leases(ONE).getLast();

    finish(ONE, second, 101);

    assertThat(leases(ONE)).hasSize(4);
  }

  @Test
  void leasesAheadAreAskedBackWhenAnotherWorkerHasRoom() {
    join(ONE, 1, 0);
    plan(5, ResourceRequest.DEFAULT);
    finish(ONE, leases(ONE).getFirst(), 1);
    assertThat(leases(ONE)).hasSize(5);
    join(TWO, 8, 0);
    now = now.plusSeconds(1);

    tell();

    assertThat(revocations(MailEvent.Reason.UNSTARTED_WANTED)).hasSize(3);
    AttemptRef back = revocations(MailEvent.Reason.UNSTARTED_WANTED).getFirst().attempt();
    tell(new PoolCommand.Report(ONE, new ReportEvent.AttemptReturned(back)));
    assertThat(leases(TWO)).extracting(AttemptRef::index).containsExactly(back.index());
    assertThat(leases(TWO)).extracting(AttemptRef::epoch).containsExactly(2L);
  }

  @Test
  void leaseThatItsWorkerDoesNotKnowIsMailedAgain() {
    join(ONE, 1, 0);
    plan(1, ResourceRequest.DEFAULT);
    now = now.plusSeconds(26);

    beat(ONE, 1, 0, List.of());

    assertThat(leases(ONE)).hasSize(2);
    assertThat(leases(ONE).getFirst()).isEqualTo(leases(ONE).getLast());
  }

  @Test
  void heldAttemptThatIsNotCurrentMustBeDropped() {
    join(ONE, 1, 0);
    AttemptRef ghost = new AttemptRef(JobId.of(99, 0, 0), 0, 1, 1);

    beat(ONE, 1, 0, List.of(ghost));

    assertThat(revocations(MailEvent.Reason.STALE))
        .extracting(Mail.Revoke::attempt)
        .containsExactly(ghost);
  }

  @Test
  void silentWorkerIsLostOnlyWhenAllHeartbeatsWereRead() {
    join(ONE, 1, 0);
    plan(1, ResourceRequest.DEFAULT);
    now = now.plusSeconds(31);

    tell(new PoolCommand.Reap(), new PoolCommand.Expire(now.minusSeconds(2)));
    assertThat(events).noneMatch(TaskEvent.TaskRetrying.class::isInstance);
    tell(new PoolCommand.Expire(now));

    assertThat(events).anyMatch(TaskEvent.TaskRetrying.class::isInstance);
  }

  @Test
  void workerThatIsAwayForADayIsForgotten() {
    join(ONE, 1, 0);
    now = now.plusSeconds(31);
    tell(new PoolCommand.Expire(now));
    assertThat(pool.knows(ONE)).isTrue();
    now = now.plus(Duration.ofDays(2));

    tell(new PoolCommand.Expire(now));

    assertThat(pool.knows(ONE)).isFalse();
  }

  @Test
  void pardonedWorkerKeepsItsLeases() {
    join(ONE, 1, 0);
    plan(1, ResourceRequest.DEFAULT);
    now = now.plusSeconds(31);

    tell(new PoolCommand.Pardon(), new PoolCommand.Expire(now));

    assertThat(events).noneMatch(TaskEvent.TaskRetrying.class::isInstance);
  }

  @Test
  void attemptFarPastItsTimeoutIsEndedHere() {
    join(ONE, 1, 0);
    plan(1, ResourceRequest.DEFAULT);
    start(ONE, leases(ONE).getFirst());
    now = now.plusSeconds(91);
    beat(ONE, 1, 0, leases(ONE));

    tell(new PoolCommand.Reap());

    assertThat(events).anyMatch(TaskEvent.TaskFailed.class::isInstance);
    assertThat(revocations(MailEvent.Reason.STALE)).hasSize(1);
  }

  @Test
  void unansweredCancellationIsForced() {
    join(ONE, 1, 0);
    JobId job = plan(1, ResourceRequest.DEFAULT);
    tell(new PoolCommand.Cancel(job));
    assertThat(events).doesNotContain(new TaskEvent.JobStopped());
    now = now.plusSeconds(36);
    beat(ONE, 1, 0, leases(ONE));

    tell(new PoolCommand.Reap());

    assertThat(events)
        .endsWith(
            new TaskEvent.TasksCancelled(IndexRanges.closed(0, 0)), new TaskEvent.JobStopped());
  }

  @Test
  void cancelledJobWithoutLiveAttemptsStopsAtOnce() {
    JobId job = plan(1_000_000, ResourceRequest.DEFAULT);

    tell(new PoolCommand.Cancel(job));

    assertThat(events)
        .containsExactly(
            new TaskEvent.TasksCancelled(IndexRanges.closed(0, 999_999)),
            new TaskEvent.JobStopped());
  }

  @Test
  void tasksThatComeBeforeTheirPlanWaitForIt() {
    join(ONE, 1, 0);
    JobId job = JobId.of(1, 0, 0);
    tell(new PoolCommand.Plan(new PlanEvent.TasksPlanned(job, 0, 1, List.of("{}"), null), null));
    assertThat(leases(ONE)).isEmpty();

    RunSpec run = new RunSpec(List.of("x"), ResourceRequest.DEFAULT, RetryPolicy.DEFAULT, 60);
    tell(
        new PoolCommand.Plan(
            new PlanEvent.JobPlanned(job, "t", "p", 0, 1, IndexRanges.EMPTY, run), null));

    assertThat(leases(ONE)).hasSize(1);
  }

  @Test
  void blockedLargeJobLetsSmallerWorkPass() {
    join(ONE, 2, 1);
    plan(1, new ResourceRequest(8, 0, null, 1, 0, 0));

    JobId small = plan(1, ResourceRequest.DEFAULT);

    assertThat(leases(ONE)).extracting(AttemptRef::job).containsExactly(small);
  }

  @Test
  void longWaitingLargeJobGetsAWorkerKeptFree() {
    join(ONE, 2, 0);
    plan(2, ResourceRequest.DEFAULT);
    List<AttemptRef> running = leases(ONE);
    JobId large = plan(1, new ResourceRequest(0, 0, null, 2, 0, 0));
    plan(50, ResourceRequest.DEFAULT);
    now = now.plusSeconds(31);

    finish(ONE, running.get(0), 60_000);
    assertThat(leases(ONE)).as("smaller work behind it waits").hasSize(2);
    finish(ONE, running.get(1), 60_000);

    assertThat(leases(ONE).getLast().job()).isEqualTo(large);
  }

  @Test
  void drainingWorkerGetsNothingNew() {
    join(ONE, 2, 0);
    tell(
        new PoolCommand.Hear(
            new WorkerEvent.WorkerHeartbeat(ONE, 1, "p", capacity(2, 0), List.of(), true)));

    plan(1, ResourceRequest.DEFAULT);

    assertThat(leases(ONE)).isEmpty();
  }

  @Test
  void reportOfAnotherWorkerIsStale() {
    join(ONE, 1, 0);
    join(TWO, 0, 0);
    plan(1, ResourceRequest.DEFAULT);

    finish(TWO, leases(ONE).getFirst(), 1);

    assertThat(events).noneMatch(TaskEvent.TaskSucceeded.class::isInstance);
    assertThat(revocations(MailEvent.Reason.STALE)).hasSize(1);
  }

  @Test
  void startAndEndInOneBatchAreToldAsTheEndOnly() {
    join(ONE, 1, 0);
    plan(1, ResourceRequest.DEFAULT);
    AttemptRef lease = leases(ONE).getFirst();
    AttemptEnd end =
        new AttemptEnd(AttemptEnd.Status.SUCCEEDED, "1", 0, null, null, null, null, 0, 1);

    tell(
        new PoolCommand.Report(ONE, new ReportEvent.AttemptStarted(lease)),
        new PoolCommand.Report(ONE, new ReportEvent.AttemptFinished(lease, end)));

    assertThat(events)
        .hasSize(2)
        .noneMatch(TaskEvent.TaskStarted.class::isInstance)
        .last()
        .isInstanceOf(TaskEvent.TaskSucceeded.class);
  }

  @Test
  void everyEndOfAnAttemptThatRanIsMeteredOnce() {
    join(ONE, 4, 4);
    JobId job = plan(4, GPU);
    List<AttemptRef> leases = leases(ONE);
    leases.forEach(lease -> start(ONE, lease));
    now = now.plusSeconds(20);

    finish(ONE, leases.get(0), 12_345);
    finish(ONE, leases.get(0), 12_345);
    report(leases.get(1), AttemptEnd.Status.FAILED, 7_000);
    tell(new PoolCommand.Cancel(job));
    report(leases.get(2), AttemptEnd.Status.CANCELLED, 15_000);
    now = now.plusSeconds(31);
    tell(new PoolCommand.Expire(now));

    List<TaskEvent.AttemptMetered> metered =
        events.stream()
            .filter(TaskEvent.AttemptMetered.class::isInstance)
            .map(TaskEvent.AttemptMetered.class::cast)
            .toList();
    assertThat(metered)
        .extracting(TaskEvent.AttemptMetered::millis)
        .containsExactly(12_345L, 7_000L, 15_000L, 51_000L);
    assertThat(metered)
        .allSatisfy(used -> {
          assertThat(used.cpus()).isEqualTo(1);
          assertThat(used.devices()).hasSize(1);
        });
    assertThat(metered.stream().map(used -> used.devices().getFirst().uuid()))
        .doesNotHaveDuplicates();
    assertThat(events.getLast()).isEqualTo(new TaskEvent.JobStopped());
  }

  @Test
  void leaseThatNeverStartedIsNotMetered() {
    join(ONE, 1, 0);
    JobId job = plan(1, ResourceRequest.DEFAULT);
    now = now.plusSeconds(5);

    tell(new PoolCommand.Cancel(job));
    tell(new PoolCommand.Report(ONE, new ReportEvent.AttemptReturned(leases(ONE).getFirst())));

    assertThat(events).noneMatch(TaskEvent.AttemptMetered.class::isInstance);
  }

  private void report(AttemptRef attempt, AttemptEnd.Status status, long runMillis) {
    AttemptEnd end =
        new AttemptEnd(status, null, 1, null, ErrorCode.EXIT_NONZERO, "ended", "", 0, runMillis);
    tell(new PoolCommand.Report(ONE, new ReportEvent.AttemptFinished(attempt, end)));
  }
}
