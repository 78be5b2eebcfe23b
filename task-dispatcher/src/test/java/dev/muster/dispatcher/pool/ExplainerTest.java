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
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.placement.BestFitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExplainerTest {
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
  private static final WorkerId WORKER = new WorkerId("one");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ResourceRequest EIGHT_GPUS = new ResourceRequest(8, 81_920, null, 1, 0, 0);

  private final PoolState pool = new PoolState("p", SETTINGS, new BestFitPolicy(), () -> 0.5);
  private Effects effects = new Effects();
  private int ages;

  @Test
  void poolWithoutWorkersIsNamed() {
    JobId job = plan(3, ResourceRequest.DEFAULT, 0);

    Explanation why = only();

    assertThat(why.job()).isEqualTo(job);
    assertThat(why.reason()).isEqualTo(Explanation.Reason.NO_WORKER);
    assertThat(why.waiting()).isEqualTo(3);
    assertThat(why.live()).isZero();
  }

  @Test
  void requestThatNoWorkerCanEverMeetIsNamedInWords() {
    join(4);
    plan(1, EIGHT_GPUS, 0);

    assertThat(only().reason()).isEqualTo(Explanation.Reason.TOO_LARGE);
    assertThat(only().detail())
        .isEqualTo(
            "Expected a worker with 8 GPUs of 80.0 GiB, 1.00 cores, but none of 1 is so large");
  }

  @Test
  void workersThatAreFullAreBusy() {
    join(2);
    plan(5, ResourceRequest.DEFAULT, 0);

    assertThat(only().reason()).isEqualTo(Explanation.Reason.BUSY);
    assertThat(only().waiting()).isEqualTo(3);
    assertThat(only().live()).isEqualTo(2);
  }

  @Test
  void jobWhoseTasksAllRunIsNotExplained() {
    join(4);
    plan(4, ResourceRequest.DEFAULT, 0);

    assertThat(pool.waiting(NOW, 10)).isEmpty();
  }

  @Test
  void jobsOfHigherPriorityThenOlderOnesComeFirst() {
    JobId old = plan(1, ResourceRequest.DEFAULT, 0);
    JobId young = plan(1, ResourceRequest.DEFAULT, 0);
    JobId urgent = plan(1, ResourceRequest.DEFAULT, 5);

    assertThat(pool.waiting(NOW, 10))
        .extracting(Explanation::job)
        .containsExactly(urgent, old, young);
    assertThat(pool.waiting(NOW, 10)).extracting(Explanation::ahead).containsExactly(0, 1, 2);
    assertThat(pool.waiting(NOW, 2)).hasSize(2);
  }

  @Test
  void taskThatWaitsForItsNextAttemptSaysHowLong() {
    join(4);
    plan(1, ResourceRequest.DEFAULT, 0);
    AttemptRef attempt =
        effects.mail().stream()
            .filter(Mail.Assign.class::isInstance)
            .map(letter -> ((Mail.Assign) letter).attempt())
            .findFirst()
            .orElseThrow();
    AttemptEnd failed =
        new AttemptEnd(
            AttemptEnd.Status.FAILED, null, 1, null, ErrorCode.EXIT_NONZERO, "exit 1", "", 0, 10);
    tell(new PoolCommand.Report(WORKER, new ReportEvent.AttemptFinished(attempt, failed)));

    assertThat(only().reason()).isEqualTo(Explanation.Reason.RETRY);
    assertThat(only().detail()).startsWith("1 task waits for the next attempt");
  }

  private Explanation only() {
    List<Explanation> all = pool.waiting(NOW, 10);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private JobId plan(int count, ResourceRequest request, int priority) {
    JobId job = JobId.of(++ages, 0, 0);
    RunSpec run =
        new RunSpec(List.of("x"), request, new RetryPolicy(2, 2, Set.of(), 20_000, 20_000), 60);
    tell(
        new PoolCommand.Plan(
            new PlanEvent.JobPlanned(job, "t", "p", priority, count, IndexRanges.EMPTY, run), null),
        new PoolCommand.Plan(
            new PlanEvent.TasksPlanned(job, 0, count, Collections.nCopies(count, "{}"), null),
            null));
    return job;
  }

  private void join(int cpus) {
    Capacity capacity = new Capacity(cpus, 1_000, 1_000, List.of());
    tell(new PoolCommand.Hear(new WorkerEvent.WorkerRegistered(WORKER, 1, "p", capacity)));
  }

  private void tell(PoolCommand... commands) {
    effects = new Effects();
    for (PoolCommand command : commands) {
      pool.apply(command, NOW, effects);
    }
    pool.apply(new PoolCommand.Place(), NOW, effects);
  }
}
