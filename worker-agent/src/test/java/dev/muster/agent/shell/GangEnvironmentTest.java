package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.worker.GangPlace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GangEnvironmentTest {
  private static final JobId JOB = new JobId("01HF7YAT0041061050R3GG28A1");

  @Test
  void memberKnowsItsRankAndWhereTheFirstOneIs() {
    Map<String, String> environment =
        GangEnvironment.of(
            new AttemptRef(JOB, 9, 3, 3),
            new GangPlace(1, List.of("10.0.0.1:29500", "10.0.0.2:29501")));

    assertThat(environment)
        .containsEntry("RANK", "1")
        .containsEntry("WORLD_SIZE", "2")
        .containsEntry("LOCAL_RANK", "0")
        .containsEntry("MASTER_ADDR", "10.0.0.1")
        .containsEntry("MASTER_PORT", "29500")
        .containsEntry("TORCHELASTIC_RESTART_COUNT", "2")
        .containsEntry("TORCHELASTIC_RUN_ID", JOB.external() + "-8")
        .containsEntry("MUSTER_GANG_MEMBERS", "10.0.0.1:29500,10.0.0.2:29501");
  }

  @Test
  void addressOfIpVersion6LosesItsBrackets() {
    Map<String, String> environment =
        GangEnvironment.of(
            new AttemptRef(JOB, 0, 1, 1), new GangPlace(0, List.of("[fd00::1]:29500")));

    assertThat(environment)
        .containsEntry("MASTER_ADDR", "fd00::1")
        .containsEntry("MASTER_PORT", "29500");
  }
}
