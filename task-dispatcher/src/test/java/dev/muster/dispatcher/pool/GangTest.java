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
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.placement.BestFitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tasks that run together. */
class GangTest {
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
  private static final RetryPolicy ONE_RETRY = new RetryPolicy(1, 0, Set.of(), 1_000, 1_000);

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

  private void join(String worker, int cpus) {
    join(worker, 1, cpus);
  }

  private void join(String worker, long incarnation, int cpus) {
    Capacity capacity = new Capacity(cpus, 1_000, 1_000, List.of());
    tell(
        new PoolCommand.Hear(
            new WorkerEvent.WorkerRegistered(
                new WorkerId(worker), incarnation, "p", capacity, "10.0.0.1")));
  }

  private JobId plan(int count, @Nullable Gang gang) {
    JobId job = JobId.of(++ages, 0, 0);
    RunSpec run = new RunSpec(List.of("x"), ResourceRequest.DEFAULT, ONE_RETRY, 60, null, gang);
    tell(
        new PoolCommand.Plan(
            new PlanEvent.JobPlanned(job, "t", "p", 0, count, IndexRanges.EMPTY, run), null),
        new PoolCommand.Plan(
            new PlanEvent.TasksPlanned(job, 0, count, Collections.nCopies(count, "{}"), null),
            null));
    return job;
  }

  private List<Mail.Assign> leases(JobId job, int attempt) {
    return mail.stream()
        .filter(letter -> letter instanceof Mail.Assign)
        .map(letter -> (Mail.Assign) letter)
        .filter(lease -> lease.attempt().job().equals(job) && lease.attempt().attempt() == attempt)
        .toList();
  }

  private List<Mail.Revoke> revocations(MailEvent.Reason reason) {
    return mail.stream()
        .filter(letter -> letter instanceof Mail.Revoke)
        .map(letter -> (Mail.Revoke) letter)
        .filter(revoke -> revoke.reason() == reason)
        .toList();
  }

  private void start(Mail.Assign lease) {
    tell(new PoolCommand.Report(lease.worker(), new ReportEvent.AttemptStarted(lease.attempt())));
  }

  private void end(WorkerId worker, AttemptRef attempt, AttemptEnd.Status status) {
    ErrorCode code = status == AttemptEnd.Status.FAILED ? ErrorCode.EXIT_NONZERO : null;
    AttemptEnd end = new AttemptEnd(status, "1", 0, null, code, null, null, 0, 5);
    tell(new PoolCommand.Report(worker, new ReportEvent.AttemptFinished(attempt, end)));
  }

  private void succeed(Mail.Assign lease) {
    end(lease.worker(), lease.attempt(), AttemptEnd.Status.SUCCEEDED);
  }

  private long told(Class<? extends TaskEvent> kind) {
    return events.stream().filter(kind::isInstance).count();
  }

  @Test
  void twoGangsOfThreeOnFourWorkersBothFinish() {
    for (int i = 0; i < 4; i++) {
      join("w" + i, 1);
    }
    JobId one = plan(3, new Gang(3, 0, false));
    JobId two = plan(3, new Gang(3, 0, false));

    assertThat(leases(one, 1)).hasSize(3);
    assertThat(leases(two, 1)).as("nothing is held while a member has no room").isEmpty();
    leases(one, 1).forEach(this::succeed);
    assertThat(leases(two, 1)).hasSize(3);
    leases(two, 1).forEach(this::succeed);
    assertThat(told(TaskEvent.TaskSucceeded.class)).isEqualTo(6);
  }

  @Test
  void smallerWorkGoesOnAroundAGangThatWaits() {
    join("w0", 1);
    join("w1", 1);
    JobId gang = plan(3, new Gang(3, 0, false));

    JobId small = plan(2, null);

    assertThat(leases(gang, 1)).isEmpty();
    assertThat(leases(small, 1)).hasSize(2);
  }

  @Test
  void gangThatHasWaitedLongGetsWorkersKeptFree() {
    join("w0", 1);
    join("w1", 1);
    JobId small = plan(3, null);
    JobId gang = plan(2, new Gang(2, 0, false));
    JobId later = plan(4, null);
    now = now.plusSeconds(40);

    succeed(leases(small, 1).get(0));
    succeed(leases(small, 1).get(1));
    assertThat(leases(gang, 1)).isEmpty();
    assertThat(leases(later, 1)).as("both workers are kept free").isEmpty();
    succeed(leases(small, 1).get(2));

    assertThat(leases(gang, 1)).hasSize(2);
    assertThat(leases(later, 1)).isEmpty();
  }

  @Test
  void startIsToldWhenAllMembersHaveStarted() {
    join("w0", 4);
    JobId job = plan(3, new Gang(3, 0, false));
    List<Mail.Assign> leases = leases(job, 1);

    start(leases.get(0));
    start(leases.get(1));
    assertThat(told(TaskEvent.TaskStarted.class)).isZero();
    start(leases.get(2));

    assertThat(told(TaskEvent.TaskStarted.class)).isEqualTo(3);
  }

  @Test
  void successIsToldWhenAllMembersHaveSucceeded() {
    join("w0", 4);
    JobId job = plan(3, new Gang(3, 0, false));
    List<Mail.Assign> leases = leases(job, 1);

    succeed(leases.get(2));
    succeed(leases.get(0));
    assertThat(told(TaskEvent.TaskSucceeded.class)).isZero();
    succeed(leases.get(1));

    assertThat(told(TaskEvent.TaskSucceeded.class)).isEqualTo(3);
  }

  @Test
  void lostMemberEndsTheOthersAndTheGangIsTriedAgainAsAWhole() {
    join("w0", 1);
    join("w1", 1);
    join("w2", 1);
    JobId job = plan(3, new Gang(3, 0, false));
    List<Mail.Assign> leases = leases(job, 1);
    Mail.Assign done = leases.get(0);
    Mail.Assign lost = leases.get(1);
    Mail.Assign runs = leases.get(2);
    succeed(done);
    start(runs);

    join(lost.worker().value(), 2, 1);
    now = now.plusSeconds(10);
    tell();
    assertThat(leases(job, 2)).as("nobody starts while a member still runs").isEmpty();
    assertThat(revocations(MailEvent.Reason.CANCELLED))
        .extracting(Mail.Revoke::attempt)
        .containsExactly(runs.attempt());
    end(runs.worker(), runs.attempt(), AttemptEnd.Status.CANCELLED);
    tell();

    assertThat(told(TaskEvent.TaskRetrying.class)).isEqualTo(3);
    assertThat(told(TaskEvent.TaskSucceeded.class)).isZero();
    assertThat(leases(job, 2)).extracting(l -> l.attempt().index()).containsExactly(0, 1, 2);
    leases(job, 2).forEach(this::succeed);
    assertThat(told(TaskEvent.TaskSucceeded.class)).isEqualTo(3);
  }

  @Test
  void budgetOfLossesIsThatOfTheGang() {
    join("w0", 1);
    join("w1", 1);
    JobId job = plan(2, new Gang(2, 0, false));
    Mail.Assign first = leases(job, 1).get(0);
    Mail.Assign second = leases(job, 1).get(1);
    join(first.worker().value(), 2, 1);
    end(second.worker(), second.attempt(), AttemptEnd.Status.CANCELLED);
    now = now.plusSeconds(10);
    tell();

    Mail.Assign other = leases(job, 2).get(1);
    join(other.worker().value(), 3, 1);
    Mail.Assign rest = leases(job, 2).get(0);
    end(rest.worker(), rest.attempt(), AttemptEnd.Status.CANCELLED);

    assertThat(told(TaskEvent.TaskFailed.class)).isEqualTo(2);
  }

  @Test
  void memberThatFailsForGoodFailsTheOthers() {
    join("w0", 4);
    JobId job = plan(3, new Gang(3, 0, false));
    List<Mail.Assign> leases = leases(job, 1);
    succeed(leases.get(0));

    end(leases.get(1).worker(), leases.get(1).attempt(), AttemptEnd.Status.FAILED);
    end(leases.get(2).worker(), leases.get(2).attempt(), AttemptEnd.Status.CANCELLED);

    assertThat(events.stream().filter(TaskEvent.TaskFailed.class::isInstance))
        .extracting(
            event -> Objects.requireNonNull(((TaskEvent.TaskFailed) event).end().errorCode()))
        .containsExactly(ErrorCode.EXIT_NONZERO, ErrorCode.GANG_FAILED, ErrorCode.GANG_FAILED);
    assertThat(told(TaskEvent.TaskSucceeded.class)).isZero();
  }

  @Test
  void memberThatDoesNotAnswerIsFencedAfterALeaseAndTheGrace() {
    join("w0", 4);
    JobId job = plan(2, new Gang(2, 0, false));
    List<Mail.Assign> leases = leases(job, 1);
    tell(
        new PoolCommand.Report(
            leases.get(0).worker(), new ReportEvent.AttemptReturned(leases.get(0).attempt())));
    now = now.plusSeconds(30);
    tell(new PoolCommand.Reap());
    assertThat(leases(job, 2)).isEmpty();

    now = now.plusSeconds(10);
    tell(new PoolCommand.Reap());

    assertThat(leases(job, 2)).hasSize(2);
    assertThat(revocations(MailEvent.Reason.STALE)).hasSize(1);
  }

  @Test
  void membersApartHaveAWorkerEach() {
    join("w0", 4);
    JobId job = plan(2, new Gang(2, 0, true));
    assertThat(leases(job, 1)).isEmpty();

    join("w1", 4);

    assertThat(leases(job, 1)).extracting(Mail.Assign::worker).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void everyMemberKnowsAllAndNoTwoHaveAPortInCommon() {
    join("w0", 4);
    JobId one = plan(2, new Gang(2, 0, false));
    JobId two = plan(2, new Gang(2, 0, false));

    assertThat(leases(one, 1))
        .extracting(lease -> Objects.requireNonNull(lease.gang()).members())
        .containsOnly(List.of("10.0.0.1:29500", "10.0.0.1:29501"));
    assertThat(leases(one, 1))
        .extracting(lease -> Objects.requireNonNull(lease.gang()).rank())
        .containsExactly(0, 1);
    assertThat(leases(two, 1))
        .extracting(lease -> Objects.requireNonNull(lease.gang()).members())
        .containsOnly(List.of("10.0.0.1:29502", "10.0.0.1:29503"));
  }

  @Test
  void gangThatWaitsIsExplained() {
    join("w0", 1);
    join("w1", 1);
    plan(1, null);
    plan(2, new Gang(2, 0, false));
    plan(3, new Gang(3, 0, false));

    assertThat(pool.waiting(now, 10))
        .extracting(Explanation::reason)
        .containsExactly(Explanation.Reason.GANG, Explanation.Reason.TOO_LARGE);
  }

  @Test
  void cancelledGangIsStoppedAndNeverTriedAgain() {
    join("w0", 4);
    JobId job = plan(2, new Gang(2, 0, false));
    List<Mail.Assign> leases = leases(job, 1);
    succeed(leases.get(0));

    tell(new PoolCommand.Cancel(job));
    end(leases.get(1).worker(), leases.get(1).attempt(), AttemptEnd.Status.CANCELLED);

    assertThat(events).contains(new TaskEvent.JobStopped());
    assertThat(events).contains(new TaskEvent.TasksCancelled(IndexRanges.closed(0, 1)));
  }
}
