package dev.muster.aggregator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.aggregator.task.TaskDelta;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.TaskState;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JobDeciderLawsTest {
  private static final int RUNS = 3_000;

  @Test
  void anyOrderAndRepeatsLeadToTheSameEnd() {
    Seeds.forEach(RUNS, random -> anyOrder(random, true));
  }

  @Test
  void countingWithoutAGuardBreaksTheLaws() {
    assertThatThrownBy(() -> Seeds.forEach(50, random -> anyOrder(random, false)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void cancellationIsGrantedOrRefusedAndTheLawsHold() {
    Seeds.forEach(
        RUNS,
        random -> {
          History history = History.random(random, true);
          boolean shuffled = random.nextBoolean();

          JobRun run =
              new JobRun(true).take(shuffled ? history.disturbed(random) : history.words(), random);

          JobLaws.hold(run);
          assertThat(run.facts().state().isTerminal()).isTrue();
          Cancellation cancellation = Objects.requireNonNull(run.facts().cancellation());
          assertThat(cancellation.state())
              .isEqualTo(
                  run.facts().state() == JobState.CANCELLED
                      ? Cancellation.State.CANCELED
                      : Cancellation.State.FAILED);
        });
  }

  @Test
  void jobThatIsStoppedEarlyCompletesWithWhatItHasAndTheLawsHold() {
    Seeds.forEach(
        RUNS,
        random -> {
          History history = History.random(random, false);
          List<History.Word> words =
              random.nextBoolean() ? history.disturbed(random) : new ArrayList<>(history.words());
          for (int times = 1 + random.nextInt(2); times > 0; times--) {
            words.add(
                random.nextInt(words.size() + 1),
                new History.Word.Said(new JobCommand.StopEarly("enough")));
          }
          if (random.nextInt(4) == 0) {
            words.add(
                random.nextInt(words.size() + 1),
                new History.Word.Said(new JobCommand.RequestCancel("mine")));
          }

          JobRun run = new JobRun(true).take(words, random);

          JobLaws.hold(run);
          JobFacts facts = run.facts();
          assertThat(facts.state().isTerminal()).isTrue();
          if (facts.stopReason() != null) {
            assertThat(facts.state())
                .isEqualTo(facts.counts().failed() == 0 ? JobState.COMPLETED : JobState.PARTIAL);
            assertThat(
                    facts.cancellation() == null
                        || facts.cancellation().state() == Cancellation.State.FAILED)
                .isTrue();
          }
        });
  }

  @Test
  void everyCommandInEveryStateIsAnsweredAndTerminalIsFinal() {
    Seeds.forEach(
        RUNS,
        random -> {
          JobRun run = new JobRun(true);
          List<JobCommand> commands = anyCommands();
          for (int i = 0; i < 30; i++) {
            JobFacts before = run.facts();
            run.apply(commands.get(random.nextInt(commands.size())));
            if (before.state().isTerminal()) {
              assertThat(run.facts().state()).isEqualTo(before.state());
              assertThat(run.facts().version()).isEqualTo(before.version());
              assertThat(run.facts().counts()).isEqualTo(before.counts());
            }
          }
        });
  }

  private static void anyOrder(SplittableRandom random, boolean guarded) {
    History history = History.random(random, false);
    JobRun ordered = new JobRun(true).take(history.words(), random.split());

    JobRun disturbed = new JobRun(guarded).take(history.disturbed(random), random);

    JobLaws.hold(disturbed);
    assertThat(disturbed.facts().state())
        .isEqualTo(ordered.facts().state())
        .isEqualTo(end(history));
    assertThat(disturbed.facts().counts()).isEqualTo(ordered.facts().counts());
    for (int index = 0; index < history.taskCount(); index++) {
      assertThat(disturbed.task(index).state()).isEqualTo(history.outcomes().get(index));
      assertThat(disturbed.task(index).end()).isEqualTo(ordered.task(index).end());
    }
  }

  /** K-03, straight from what happened. */
  private static JobState end(History history) {
    long succeeded = history.outcomes().stream().filter(o -> o == TaskState.SUCCEEDED).count();
    return succeeded == history.taskCount()
        ? JobState.COMPLETED
        : succeeded > 0 ? JobState.PARTIAL : JobState.FAILED;
  }

  /** Counts that fit in any order, within a job large enough for all of them. */
  private static List<JobCommand> anyCommands() {
    return List.of(
        new JobCommand.Submit(Samples.spec(1_000), Samples.NOON, 0),
        new JobCommand.Plan(1_000),
        new JobCommand.FailPlan(new Failure(ErrorCode.INPUT_INVALID, "no")),
        new JobCommand.RecordTasks(new TaskDelta(1, 0, 0, 0, 0, 0, 0, true, false)),
        new JobCommand.RecordTasks(new TaskDelta(0, 0, 1, 0, 0, 0, 0, true, true)),
        new JobCommand.RequestCancel(null),
        new JobCommand.Expire(Samples.NOON),
        new JobCommand.StopEarly("enough"),
        new JobCommand.Stop(),
        new JobCommand.Conclude(null));
  }
}
