package dev.muster.dispatcher.gang;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GangDeciderTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Tally TALLY = new Tally(1, 1, 0, 0, 0, false);
  private static final TaskState READY = new TaskState.Ready(TALLY);
  private static final TaskState LEASED =
      new TaskState.Leased(TALLY, new WorkerId("w"), 1, List.of(), AT, false);
  private static final TaskState RUNNING =
      new TaskState.Running(TALLY, new WorkerId("w"), 1, List.of(), AT, AT, false);
  private static final TaskState ARRIVED =
      new TaskState.GangWait(
          TALLY, new AttemptEnd(AttemptEnd.Status.SUCCEEDED, "1", 0, null, null, null, null, 0, 1));
  private static final TaskState FAILED = new TaskState.Failed(TALLY);
  private static final TaskState SUCCEEDED = new TaskState.Succeeded(TALLY);

  private static GangVerdict decide(TaskState... members) {
    return GangDecider.decide(List.of(members));
  }

  private static TaskState retryAt(int seconds) {
    return new TaskState.RetryWait(TALLY, AT.plusSeconds(seconds));
  }

  @Test
  void gangThatWaitsOrHasEndedStaysAsItIs() {
    assertThat(decide(READY, READY)).isEqualTo(new GangVerdict.Stay());
    assertThat(decide(READY, retryAt(3))).isEqualTo(new GangVerdict.Stay());
    assertThat(decide(SUCCEEDED, SUCCEEDED)).isEqualTo(new GangVerdict.Stay());
    assertThat(decide(FAILED, FAILED)).isEqualTo(new GangVerdict.Stay());
  }

  @Test
  void gangRunsWhenTheLastMemberHasStarted() {
    assertThat(decide(RUNNING, LEASED)).isEqualTo(new GangVerdict.Stay());
    assertThat(decide(RUNNING, RUNNING)).isEqualTo(new GangVerdict.Running());
    assertThat(decide(RUNNING, ARRIVED)).isEqualTo(new GangVerdict.Running());
  }

  @Test
  void gangSucceedsWhenTheLastMemberHas() {
    assertThat(decide(ARRIVED, ARRIVED)).isEqualTo(new GangVerdict.Conclude());
  }

  @Test
  void memberThatIsOutRepeatsTheGangWhenTheLastOneMay() {
    assertThat(decide(RUNNING, READY)).isEqualTo(new GangVerdict.Repeat(null));
    assertThat(decide(retryAt(5), LEASED, retryAt(2)))
        .isEqualTo(new GangVerdict.Repeat(AT.plusSeconds(5)));
    assertThat(decide(ARRIVED, retryAt(5))).isEqualTo(new GangVerdict.Repeat(AT.plusSeconds(5)));
  }

  @Test
  void memberThatFailedForGoodFailsTheOthers() {
    assertThat(decide(FAILED, RUNNING)).isEqualTo(new GangVerdict.Fail());
    assertThat(decide(FAILED, ARRIVED)).isEqualTo(new GangVerdict.Fail());
    assertThat(decide(FAILED, retryAt(1))).isEqualTo(new GangVerdict.Fail());
  }
}
