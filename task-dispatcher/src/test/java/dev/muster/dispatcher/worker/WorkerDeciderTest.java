package dev.muster.dispatcher.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.worker.WorkerDecider.Verdict;
import dev.muster.dispatcher.worker.WorkerState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerDeciderTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final WorkerId ID = new WorkerId("w");
  private static final Capacity CAPACITY = new Capacity(4, 100, 100, List.of());

  private static WorkerState worker(long incarnation, Phase phase) {
    return new WorkerState(ID, incarnation, CAPACITY, phase, NOW);
  }

  private static WorkerEvent beat(long incarnation, boolean draining) {
    return new WorkerEvent.WorkerHeartbeat(
        ID, incarnation, "default", CAPACITY, List.of(), draining);
  }

  @Test
  void newIncarnationJoins() {
    Verdict verdict = WorkerDecider.decide(worker(1, Phase.LIVE), beat(2, false), NOW);

    assertThat(verdict).isEqualTo(new Verdict.Joined(worker(2, Phase.LIVE)));
  }

  @Test
  void ghostOfAnOlderIncarnationIsIgnored() {
    assertThat(WorkerDecider.decide(worker(2, Phase.LIVE), beat(1, false), NOW))
        .isInstanceOf(Verdict.Ignored.class);
    assertThat(
            WorkerDecider.decide(worker(2, Phase.LIVE), new WorkerEvent.WorkerStopped(ID, 1), NOW))
        .isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void repeatedRegistrationIsWelcomedAgain() {
    WorkerEvent again = new WorkerEvent.WorkerRegistered(ID, 1, "default", CAPACITY);

    assertThat(WorkerDecider.decide(worker(1, Phase.LIVE), again, NOW))
        .isEqualTo(new Verdict.Seen(worker(1, Phase.LIVE), true));
  }

  @Test
  void lostWorkerComesBackWithItsHeartbeat() {
    assertThat(WorkerDecider.decide(worker(1, Phase.LOST), beat(1, false), NOW))
        .isEqualTo(new Verdict.Seen(worker(1, Phase.LIVE), false));
  }

  @Test
  void drainingIsTheWorkersOwnWord() {
    assertThat(WorkerDecider.decide(worker(1, Phase.LIVE), beat(1, true), NOW))
        .isEqualTo(new Verdict.Seen(worker(1, Phase.DRAINING), false));
  }

  @Test
  void silenceOfALeaseIsOverdue() {
    WorkerState worker = worker(1, Phase.LIVE);

    assertThat(worker.overdue(NOW.plusSeconds(30), Duration.ofSeconds(30))).isFalse();
    assertThat(worker.overdue(NOW.plusSeconds(31), Duration.ofSeconds(30))).isTrue();
    assertThat(worker.in(Phase.LOST).overdue(NOW.plusSeconds(31), Duration.ofSeconds(30)))
        .isFalse();
  }
}
