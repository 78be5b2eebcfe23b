package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.Gang;
import dev.muster.gateway.submission.RetrySpec;
import dev.muster.gateway.submission.TaskSelection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrySelectionTest {
  private static final JobId JOB = new JobId("01HF7YAT0041061050R3GG28A1");

  private static JobSpec spec(@Nullable Gang gang) {
    return spec(12).withGang(gang);
  }

  private static JobSpec spec(int tasks) {
    return new JobSpec(
        "t",
        "default",
        "structured_runner",
        null,
        null,
        List.of(),
        null,
        null,
        List.of("true"),
        "{}",
        new FanOut(FanOut.Shape.CHUNKS, "n", 12, 12),
        0,
        tasks,
        ResourceRequest.DEFAULT,
        RetryPolicy.DEFAULT,
        60,
        0,
        null,
        IndexRanges.EMPTY);
  }

  private static IndexRanges set(String text) {
    return IndexRanges.parse(text);
  }

  @Test
  void indexesComeInAnyOrderAndMayOverlap() {
    assertThat(TaskSelection.parse("7, 3-5,4-6,0", 12)).isEqualTo(set("0,3-7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1-", "-1", "5-3", "12", "0-12", "1,,2", "9999999999"})
  void whatIsNoSetOfTheJobsTasksIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TaskSelection.parse(text, 12));
  }

  @Test
  void allThatDidNotSucceedRunsAgainWhereNothingIsSelected() {
    JobSpec again = RetrySpec.of(spec(null), JOB, set("0-4"), null);

    assertThat(again.carried()).isEqualTo(set("0-4"));
    assertThat(again.skipped()).isNull();
    assertThat(again.settled()).isEqualTo(set("0-4"));
  }

  @Test
  void whatIsSelectedRunsAgainAndTheRestIsTakenOverOrLeftOut() {
    JobSpec again = RetrySpec.of(spec(null), JOB, set("0-4"), set("3,7-8"));

    assertThat(again.carried()).isEqualTo(set("0-2,4"));
    assertThat(again.skipped()).isEqualTo(set("5-6,9-11"));
    assertThat(again.settled()).isEqualTo(set("0-2,4-6,9-11"));
  }

  @Test
  void gangsAreKeptAndRunAsAWhole() {
    Gang threes = new Gang(3, 0, false);

    JobSpec all = RetrySpec.of(spec(threes), JOB, set("0-4"), null);
    assertThat(all.carried()).isEqualTo(set("0-2"));

    JobSpec some = RetrySpec.of(spec(threes), JOB, set("0-5"), set("4"));
    assertThat(some.carried()).isEqualTo(set("0-2"));
    assertThat(some.skipped()).isEqualTo(set("6-11"));
  }

  @Test
  void trainingGoesOnAfterTheLastRoundThatWasAveragedAndRepeatsWholeRounds() {
    Federated federated = new Federated(List.of("{}", "{}", "{}"), 3, "{}", null, false);
    JobSpec training = spec(12).withDesign(new Design(federated));

    assertThat(RetrySpec.of(training, JOB, set("0-6"), null).carried()).isEqualTo(set("0-6"));
    JobSpec again = RetrySpec.of(training, JOB, set("0-7"), set("5"));
    assertThat(again.carried()).isEqualTo(set("0-3"));
    assertThat(again.skipped()).isNull();
  }

  @Test
  void whatComesAfterARepeatedStageRunsAgainAndNothingIsLeftOut() {
    Reduce sum = new Reduce(Reduce.Builtin.SUM, List.of(), "{}", null, 60, 2);
    // 12 maps, and 6 + 3 + 2 + 1 tasks that reduce.
    JobSpec reduced = spec(24).withDesign(new Design(null, null, null, sum));

    JobSpec one = RetrySpec.of(reduced, JOB, set("0-23"), set("3"));
    assertThat(one.carried()).isEqualTo(set("0-2,4-11"));
    assertThat(one.skipped()).isNull();

    JobSpec failed = RetrySpec.of(reduced, JOB, set("0-13,15-17"), set("14"));
    assertThat(failed.carried()).isEqualTo(set("0-13,15-17"));
    assertThat(failed.skipped()).isNull();
  }
}
