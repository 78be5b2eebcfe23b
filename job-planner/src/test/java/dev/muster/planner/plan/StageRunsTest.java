package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.RunSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What attempts of each stage of a federated training have in common. */
class StageRunsTest {
  private static final JobSpec SPEC = Specs.federatedSpec(4, 3, 4);

  @Test
  void shardsOfEachRoundAreOneGangOnAWorkerEach() {
    assertThat(StageRuns.first(SPEC).gang()).isEqualTo(new Gang(4, 0, true));
    assertThat(run(2).gang()).isEqualTo(new Gang(4, 5, true));
    assertThat(run(4).gang()).isEqualTo(new Gang(4, 10, true));
    assertThat(run(4).files()).isEqualTo(SPEC.files());
  }

  @Test
  void averageRunsAloneWithoutDevicesAndWithoutTheProject() {
    RunSpec average = run(3);

    assertThat(average.gang()).isNull();
    assertThat(average.requirements()).isEqualTo(ResourceRequest.DEFAULT);
    assertThat(Objects.requireNonNull(average.files()).project()).isNull();
    assertThat(average.files().key()).isEqualTo("key");
  }

  @Test
  void everyStageRunsTheSameProgram() {
    assertThat(run(1).runnerCommand()).isEqualTo(StageRuns.first(SPEC).runnerCommand());
    assertThat(run(1).runnerCommand()).startsWith("python3", "-c").hasSize(3);
  }

  @Test
  void trainingWhoseWorkersAreNotItsShardsIsRefusedWithTheReason() {
    JobSpec mismatched = Specs.federatedSpec(3, 2, 2);

    Decision decision =
        PlanDecider.decide(new PlanState.Unknown(), new PlanCommand.Submit(mismatched));

    List<PlanFact> facts = ((Decision.Accepted) decision).facts();
    assertThat(facts).as("the job is not announced").hasSize(1);
    PlanFact.PlanRefused refused = (PlanFact.PlanRefused) facts.getFirst();
    assertThat(refused.errorCode()).isEqualTo(ErrorCode.SHARD_COUNT_MISMATCH);
    assertThat(refused.detail())
        .isEqualTo("Expected exactly 3 workers for 3 shards, but 2 were named");
    assertThat(PlanDecider.evolve(new PlanState.Unknown(), refused))
        .isEqualTo(new PlanState.Refused());
  }

  private static RunSpec run(int stage) {
    return Objects.requireNonNull(StageRuns.of(SPEC, Stages.of(SPEC).get(stage)));
  }
}
