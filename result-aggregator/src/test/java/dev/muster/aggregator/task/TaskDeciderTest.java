package dev.muster.aggregator.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.task.TaskState;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TaskDeciderTest {
  private static final Instant NOON = Samples.NOON;

  @Test
  void successRightAfterTheLeaseCountsOnceAndDatesItsStart() {
    TaskFacts leased = after(TaskFacts.PENDING, leased(1));

    TaskDecider.Merged merged = TaskDecider.merge(leased, succeeded(1), NOON);

    assertThat(merged.facts().state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(merged.facts().worker()).isEqualTo("w");
    assertThat(merged.facts().startedAt()).isEqualTo(NOON.minusMillis(1_500));
    assertThat(merged.delta().leased()).isEqualTo(-1);
    assertThat(merged.delta().succeeded()).isEqualTo(1);
    assertThat(merged.facts().history())
        .extracting(EndedAttempt::status)
        .containsExactly(AttemptEnd.Status.SUCCEEDED);
  }

  @Test
  void nothingFollowsTheEnd() {
    TaskFacts ended = after(TaskFacts.PENDING, succeeded(1));

    assertUnchanged(ended, succeeded(1));
    assertUnchanged(ended, leased(2));
    assertUnchanged(ended, new TaskEvent.TaskFailed(0, 2, 2, Samples.failure(1)));
  }

  @Test
  void wordsOfAnOlderEpochChangeNothing() {
    TaskFacts second = after(TaskFacts.PENDING, leased(2));

    assertUnchanged(second, leased(1));
    assertUnchanged(second, new TaskEvent.TaskStarted(0, 1, 1));
    assertUnchanged(second, new TaskEvent.TaskRetrying(0, 1, 1, Samples.loss(), 10));
    assertUnchanged(second, succeeded(1));
  }

  @Test
  void repeatsWithinAnEpochChangeNothing() {
    TaskFacts running =
        after(after(TaskFacts.PENDING, leased(1)), new TaskEvent.TaskStarted(0, 1, 1));

    assertUnchanged(running, leased(1));
    assertUnchanged(running, new TaskEvent.TaskStarted(0, 1, 1));
  }

  @Test
  void lastFailureStaysWhileTheNextAttemptRuns() {
    TaskFacts waiting =
        after(
            after(TaskFacts.PENDING, leased(1)),
            new TaskEvent.TaskRetrying(0, 1, 1, Samples.failure(3), 10));

    TaskFacts again = after(waiting, leased(2));

    assertThat(waiting.state()).isEqualTo(TaskState.RETRY_WAIT);
    assertThat(waiting.worker()).isNull();
    assertThat(again.lastFailed()).isNotNull();
    assertThat(again.lastFailedTail()).isEqualTo("last words");
    assertThat(again.history()).hasSize(1);
  }

  @Test
  void returnedLeaseIsReadyAgainAndCostsNothing() {
    TaskFacts leased = after(TaskFacts.PENDING, leased(1));

    TaskDecider.Merged merged =
        TaskDecider.merge(leased, new TaskEvent.TaskReturned(0, 1, 1), NOON);

    assertThat(merged.facts().state()).isEqualTo(TaskState.READY);
    assertThat(merged.facts().history()).isEmpty();
    assertThat(merged.delta()).isEqualTo(new TaskDelta(-1, 0, 0, 0, 0, 0, 0, false, false));
  }

  @Test
  void lostAttemptIsCountedApart() {
    TaskFacts leased = after(TaskFacts.PENDING, leased(1));

    TaskDelta delta =
        TaskDecider.merge(leased, new TaskEvent.TaskRetrying(0, 1, 1, Samples.loss(), 10), NOON)
            .delta();

    assertThat(delta.lost()).isEqualTo(1);
    assertThat(delta.retries()).isEqualTo(1);
    assertThat(delta.startSeen()).isFalse();
  }

  private static void assertUnchanged(TaskFacts facts, TaskEvent event) {
    TaskDecider.Merged merged = TaskDecider.merge(facts, event, NOON);
    assertThat(merged.facts()).isSameAs(facts);
    assertThat(merged.delta()).isEqualTo(TaskDelta.NONE);
  }

  private static TaskFacts after(TaskFacts facts, TaskEvent event) {
    return TaskDecider.merge(facts, event, NOON).facts();
  }

  private static TaskEvent leased(int attempt) {
    return new TaskEvent.TaskLeased(0, attempt, attempt, new WorkerId("w"));
  }

  private static TaskEvent succeeded(int attempt) {
    return new TaskEvent.TaskSucceeded(0, attempt, attempt, Samples.success("{}"));
  }
}
