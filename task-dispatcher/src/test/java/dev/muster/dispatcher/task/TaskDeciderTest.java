package dev.muster.dispatcher.task;

import static dev.muster.dispatcher.task.TaskSamples.NOW;
import static dev.muster.dispatcher.task.TaskSamples.end;
import static dev.muster.dispatcher.task.TaskSamples.finish;
import static dev.muster.dispatcher.task.TaskSamples.lease;
import static dev.muster.dispatcher.task.TaskSamples.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd.Status;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskDeciderTest {
  private Instant now = NOW;
  private TaskState state = new TaskState.Ready(Tally.NONE);

  private Decision ask(TaskCommand command) {
    Decision decision = TaskDecider.decide(state, command, now);
    if (decision instanceof Decision.Accepted accepted) {
      state = TaskDecider.evolve(state, accepted.changes());
    }
    return decision;
  }

  private void lose(RetryPolicy policy) {
    ask(new TaskCommand.Lose(state.tally().epoch(), "gone", policy, 0.5));
    now = now.plus(Duration.ofHours(1));
    ask(new TaskCommand.Wake());
  }

  @Test
  void epochAndAttemptGrowByOneWithEveryLease() {
    ask(lease());
    ask(new TaskCommand.Return(1));

    ask(lease());

    assertThat(state.tally().epoch()).isEqualTo(2);
    assertThat(state.tally().attempt()).isEqualTo(2);
  }

  @Test
  void reportOfAnOldEpochChangesNothing() {
    ask(lease());
    lose(policy(2, 0));
    ask(lease());

    Decision decision = ask(finish(1, end(Status.SUCCEEDED, 0), policy(2, 0)));

    assertThat(decision).isEqualTo(Decision.reject(new Rejection.StaleLease(1, 2)));
    assertThat(state).isInstanceOf(TaskState.Leased.class);
  }

  @Test
  void resultOfALostAttemptIsStaleEvenBeforeTheNextLease() {
    ask(lease());
    ask(new TaskCommand.Lose(1, "gone", policy(2, 0), 0.5));

    Decision decision = ask(finish(1, end(Status.SUCCEEDED, 0), policy(2, 0)));

    assertThat(decision).isEqualTo(Decision.reject(new Rejection.StaleLease(1, 1)));
  }

  @Test
  void repeatedResultIsToldFromAStaleOne() {
    ask(lease());
    ask(finish(1, end(Status.SUCCEEDED, 0), policy(2, 0)));

    Decision decision = ask(finish(1, end(Status.SUCCEEDED, 0), policy(2, 0)));

    assertThat(decision).isEqualTo(Decision.reject(new Rejection.AlreadyEnded(1)));
  }

  @Test
  void lossesAndFailuresHaveTheirOwnBudgets() {
    RetryPolicy policy = policy(1, 1);
    ask(lease());
    ask(finish(1, end(Status.FAILED, 1), policy));
    now = now.plusSeconds(60);
    ask(new TaskCommand.Wake());
    ask(lease());
    lose(policy);
    assertThat(state).isInstanceOf(TaskState.Ready.class);
    ask(lease());

    ask(finish(3, end(Status.FAILED, 1), policy));

    assertThat(state).isInstanceOf(TaskState.Failed.class);
  }

  @Test
  void emptyInfrastructureBudgetFailsAsWorkerLost() {
    ask(lease());

    Decision decision = ask(new TaskCommand.Lose(1, "gone", policy(0, 5), 0.5));

    assertThat(errorOf(decision)).isEqualTo(ErrorCode.WORKER_LOST);
  }

  @Test
  void thirdDeadWorkerStopsTheTaskWhateverItsBudget() {
    RetryPolicy policy = policy(100, 0);
    ask(lease());
    lose(policy);
    ask(lease());
    lose(policy);
    ask(lease());

    Decision decision = ask(new TaskCommand.Lose(3, "gone", policy, 0.5));

    assertThat(errorOf(decision)).isEqualTo(ErrorCode.TASK_KILLS_WORKERS);
  }

  private static @Nullable ErrorCode errorOf(Decision decision) {
    Decision.Accepted accepted = (Decision.Accepted) decision;
    return ((TaskChange.Failed) accepted.changes().getFirst()).end().errorCode();
  }

  @Test
  void onlyListedExitCodesAreTriedAgain() {
    ask(lease());

    ask(finish(1, end(Status.FAILED, 2), policy(2, 5, 75)));

    assertThat(state).isInstanceOf(TaskState.Failed.class);
  }

  @Test
  void timeoutWithoutExitCodeIsNoListedExitCode() {
    ask(lease());

    ask(finish(1, end(Status.TIMED_OUT, null), policy(2, 5, 75)));

    assertThat(state).isInstanceOf(TaskState.Failed.class);
  }

  @Test
  void returnedLeaseCostsNothing() {
    RetryPolicy policy = policy(0, 0);
    for (int i = 1; i <= 50; i++) {
      ask(lease());
      ask(new TaskCommand.Return(i));
    }
    ask(lease());

    ask(finish(51, end(Status.SUCCEEDED, 0), policy));

    assertThat(state).isInstanceOf(TaskState.Succeeded.class);
    assertThat(state.tally().losses() + state.tally().failures()).isZero();
  }

  @Test
  void cancelledHolderLivesUntilItAnswers() {
    ask(lease());
    ask(new TaskCommand.Start(1));
    ask(new TaskCommand.Cancel());
    assertThat(state.live()).isNotNull();

    ask(finish(1, end(Status.CANCELLED, null), policy(2, 2)));

    assertThat(state).isInstanceOf(TaskState.Cancelled.class);
  }

  @Test
  void resultThatBeatsTheCancellationIsKept() {
    ask(lease());
    ask(new TaskCommand.Cancel());

    ask(finish(1, end(Status.SUCCEEDED, 0), policy(2, 2)));

    assertThat(state).isInstanceOf(TaskState.Succeeded.class);
  }

  @Test
  void cancelledTaskIsNeverTriedAgain() {
    ask(lease());
    ask(new TaskCommand.Cancel());

    ask(new TaskCommand.Lose(1, "gone", policy(9, 9), 0.5));

    assertThat(state).isInstanceOf(TaskState.Cancelled.class);
  }

  @Test
  void retryWaitsForItsTime() {
    ask(lease());
    ask(finish(1, end(Status.FAILED, 1), policy(0, 1)));

    Decision early = ask(new TaskCommand.Wake());
    now = now.plusSeconds(2);
    ask(new TaskCommand.Wake());

    assertThat(early).isInstanceOf(Decision.Rejected.class);
    assertThat(state).isInstanceOf(TaskState.Ready.class);
  }

  @Test
  void backoffDoublesUpToItsBound() {
    assertThat(Backoff.delayMillis(policy(0, 9), 1, 1)).isEqualTo(1_000);
    assertThat(Backoff.delayMillis(policy(0, 9), 4, 1)).isEqualTo(8_000);
    assertThat(Backoff.delayMillis(policy(0, 9), 60, 1)).isEqualTo(60_000);
    assertThat(Backoff.delayMillis(policy(0, 9), 4, 0)).isEqualTo(4_000);
  }

  @Test
  void changeThatCannotFollowIsACorruptHistory() {
    assertThatThrownBy(() -> TaskDecider.evolve(state, new TaskChange.Started(NOW)))
        .isInstanceOf(IllegalStateException.class);
  }
}
