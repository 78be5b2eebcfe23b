package dev.muster.dispatcher.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeteringTest {
  private static final Instant LEASED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant STARTED = LEASED.plusSeconds(2);
  private static final Instant ENDED = LEASED.plusSeconds(10);

  @Test
  void workersFigureCounts() {
    assertThat(Metering.millis(leased(), end(7_123), ENDED)).isEqualTo(7_123);
    assertThat(Metering.millis(running(), end(7_123), ENDED)).isEqualTo(7_123);
  }

  @Test
  void noAttemptRunsLongerThanItsLease() {
    assertThat(Metering.millis(running(), end(99_000), ENDED)).isEqualTo(10_000);
  }

  @Test
  void withoutTheWorkersFigureTheTimeSinceTheStartCounts() {
    assertThat(Metering.millis(running(), end(0), ENDED)).isEqualTo(8_000);
    assertThat(Metering.millis(running(), null, ENDED)).isEqualTo(8_000);
  }

  @Test
  void whatNeverStartedUsedNothing() {
    assertThat(Metering.millis(leased(), null, ENDED)).isZero();
    assertThat(Metering.millis(leased(), end(0), ENDED)).isZero();
  }

  private static TaskState.Live leased() {
    return new TaskState.Leased(Tally.NONE, new WorkerId("w"), 1, List.of(), LEASED, false);
  }

  private static TaskState.Live running() {
    return new TaskState.Running(
        Tally.NONE, new WorkerId("w"), 1, List.of(), LEASED, STARTED, false);
  }

  private static @Nullable AttemptEnd end(long runMillis) {
    return new AttemptEnd(AttemptEnd.Status.LOST, null, null, null, null, null, null, 0, runMillis);
  }
}
