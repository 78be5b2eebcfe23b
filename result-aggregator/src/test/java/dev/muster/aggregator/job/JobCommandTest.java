package dev.muster.aggregator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.ProjectRef;
import org.junit.jupiter.api.Test;

class JobCommandTest {
  @Test
  void secretOfTheJobIsInNothingThatIsPublished() {
    ProjectRef project = new ProjectRef("train", "0".repeat(64), 7);
    JobSpec spec = Samples.spec(1).with(new FileAccess("secret", project));

    JobCommand.Submit submit = new JobCommand.Submit(spec, Samples.NOON, 0);

    assertThat(submit.spec().toString()).doesNotContain("secret");
    assertThat(submit.spec()).isEqualTo(spec.with(new FileAccess(null, project)));
  }
}
