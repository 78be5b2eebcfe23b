package dev.muster.dispatcher.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.job.RetryPolicy;
import dev.muster.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for every history of a task. */
class TaskDeciderLawsTest {
  private static final int COMMANDS = 60;

  @Test
  void lawsHoldOverRandomHistories() {
    Seeds.forEach(2_000, random -> checkHistory(random, null));
  }

  @Test
  void lawsCatchAMissingEpochCheck() {
    TaskDecider.Fence none =
        (state, epoch) ->
            state instanceof TaskState.Live ? null : new Rejection.AlreadyEnded(epoch);

    assertThatThrownBy(() -> Seeds.forEach(2_000, random -> checkHistory(random, none)))
        .isInstanceOf(AssertionError.class);
  }

  private static void checkHistory(SplittableRandom random, TaskDecider.@Nullable Fence fence) {
    RetryPolicy policy = TaskSamples.policy(random.nextInt(4), random.nextInt(4));
    List<TaskChange> history = new ArrayList<>();
    TaskState state = new TaskState.Ready(Tally.NONE);
    Instant now = TaskSamples.NOW;
    int unbilled = 0;
    for (int i = 0; i < COMMANDS; i++) {
      now = now.plusSeconds(random.nextInt(30));
      TaskCommand command = TaskSamples.command(random, state.tally().epoch(), policy);
      Decision decision = decide(state, command, now, fence);
      assertThat(decide(state, command, now, fence)).isEqualTo(decision);
      if (decision instanceof Decision.Accepted accepted) {
        assertThat(state.isTerminal()).as("a terminal state stays").isFalse();
        if (command instanceof TaskCommand.Fenced fenced) {
          assertThat(fenced.epoch()).as("accepted epoch").isEqualTo(state.tally().epoch());
        }
        if (command instanceof TaskCommand.Lease) {
          assertThat(state.live()).as("one live lease at a time").isNull();
        }
        TaskState next = TaskDecider.evolve(state, accepted.changes());
        checkTally(state, next, command);
        unbilled += costsNothing(command) ? 1 : 0;
        history.addAll(accepted.changes());
        state = next;
      }
    }
    Tally tally = state.tally();
    assertThat(tally.attempt())
        .isLessThanOrEqualTo(1 + policy.infrastructureMax() + policy.userMax() + unbilled);
    assertThat(TaskDecider.evolve(new TaskState.Ready(Tally.NONE), history))
        .as("replay equals live")
        .isEqualTo(state);
  }

  /** Leases that were given back, and attempts that ended for another member of their gang. */
  private static boolean costsNothing(TaskCommand command) {
    return command instanceof TaskCommand.Return
        || command instanceof TaskCommand.Withdraw
        || command instanceof TaskCommand.GiveUp;
  }

  private static void checkTally(TaskState before, TaskState after, TaskCommand command) {
    long grown = after.tally().epoch() - before.tally().epoch();
    assertThat(grown).as("epoch").isEqualTo(command instanceof TaskCommand.Lease ? 1 : 0);
    assertThat(after.tally().losses()).isGreaterThanOrEqualTo(before.tally().losses());
    assertThat(after.tally().failures()).isGreaterThanOrEqualTo(before.tally().failures());
  }

  private static Decision decide(
      TaskState state, TaskCommand command, Instant now, TaskDecider.@Nullable Fence fence) {
    return fence == null
        ? TaskDecider.decide(state, command, now)
        : TaskDecider.decide(state, command, now, fence);
  }
}
