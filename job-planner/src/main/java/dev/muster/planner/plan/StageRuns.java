package dev.muster.planner.plan;

import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.task.RunSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the attempts of a stage after the first have in common. */
final class StageRuns {
  private StageRuns() {}

  /** The run of the stage, or null where it is that of the stage before. */
  static @Nullable RunSpec of(JobSpec spec, Stages.Stage stage) {
    Reduce reduce = spec.design() == null ? null : spec.design().reduce();
    if (reduce == null || stage.number() != 1) {
      return null;
    }
    return new RunSpec(
        reduce.builtin() == null
            ? reduce.runnerCommand()
            : List.of("python3", "-c", BuiltinReducer.SCRIPT),
        reduce.requirements() == null ? spec.requirements() : reduce.requirements(),
        spec.retry(),
        reduce.timeoutSeconds(),
        spec.files());
  }
}
