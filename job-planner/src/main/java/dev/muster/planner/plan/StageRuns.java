package dev.muster.planner.plan;

import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.RunSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the attempts of a stage have in common. */
final class StageRuns {
  private StageRuns() {}

  /** The run that a job is planned with. */
  static RunSpec first(JobSpec spec) {
    Federated federated = spec.federated();
    return federated == null
        ? new RunSpec(
            spec.runnerCommand(),
            spec.requirements(),
            spec.retry(),
            spec.timeoutSeconds(),
            spec.files(),
            spec.gang())
        : shards(spec, federated, 0);
  }

  /** The run of a stage after the first, or null where it is that of the stage before. */
  static @Nullable RunSpec of(JobSpec spec, Stages.Stage stage) {
    Federated federated = spec.federated();
    if (federated != null) {
      int round = federated.roundOf(stage.first());
      return federated.averages(stage.first()) ? average(spec) : shards(spec, federated, round);
    }
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

  private static RunSpec shards(JobSpec spec, Federated federated, int round) {
    return new RunSpec(
        List.of("python3", "-c", FederatedProgram.SCRIPT),
        spec.requirements(),
        spec.retry(),
        spec.timeoutSeconds(),
        spec.files(),
        federated.gangOf(round));
  }

  /** Averaging needs the room of a shard's task, but neither its devices nor the project. */
  private static RunSpec average(JobSpec spec) {
    ResourceRequest shard = spec.requirements();
    FileAccess files = spec.files();
    return new RunSpec(
        List.of("python3", "-c", FederatedProgram.SCRIPT),
        new ResourceRequest(0, 0, null, shard.cpus(), shard.memoryMb(), shard.storageMb()),
        spec.retry(),
        spec.timeoutSeconds(),
        files == null ? null : new FileAccess(files.key(), null));
  }
}
