package dev.muster.contracts.job;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.IndexRanges.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages of a job: parts of its tasks, one after the other, each planned when the one before is
 * complete. They follow from the submission alone, so that whoever asks, and however often, gets
 * the same.
 */
public final class Stages {
  private Stages() {}

  /**
   * A part of a job's tasks.
   *
   * @param number its place, from 0
   * @param first index of its first task
   * @param count number of its tasks, from 1
   */
  public record Stage(int number, int first, int count) {
    /** The index after its last task. */
    public int end() {
      return first + count;
    }
  }

  /** The stages of a job, at least one; together they are all its tasks, each once. */
  public static List<Stage> of(JobSpec spec) {
    Design design = spec.design();
    if (design != null && design.federated() != null) {
      return training(design.federated());
    }
    Reduce reduce = design == null ? null : design.reduce();
    if (reduce == null) {
      return List.of(new Stage(0, 0, spec.taskCount()));
    }
    int maps = Math.ceilDiv(spec.fanOut().items(), Math.max(1, spec.batchSize()));
    return reducing(maps, reduce.fanIn());
  }

  /** Maps, and the levels of the tree above them; the last stage is one task. */
  public static List<Stage> reducing(int maps, int fanIn) {
    List<Stage> stages = new ArrayList<>();
    stages.add(new Stage(0, 0, maps));
    do {
      Stage below = stages.getLast();
      stages.add(new Stage(stages.size(), below.end(), Math.ceilDiv(below.count(), fanIn)));
    } while (stages.getLast().count() > 1);
    return List.copyOf(stages);
  }

  /** For each round a stage of its shards and a stage that averages them. */
  private static List<Stage> training(Federated federated) {
    List<Stage> stages = new ArrayList<>(2 * federated.rounds());
    for (int round = 0; round < federated.rounds(); round++) {
      int first = federated.shardsOf(round).first();
      stages.add(new Stage(stages.size(), first, federated.shards().size()));
      stages.add(new Stage(stages.size(), federated.averageOf(round), 1));
    }
    return List.copyOf(stages);
  }

  /** The stage that a task belongs to. */
  public static Stage stageOf(JobSpec spec, int index) {
    return of(spec).stream().filter(stage -> index < stage.end()).findFirst().orElseThrow();
  }

  /** The tasks of the stage before whose results a reduce task has for inputs. */
  public static Range inputsOf(JobSpec spec, int index) {
    List<Stage> stages = of(spec);
    Stage own = stageOf(spec, index);
    Stage below = stages.get(own.number() - 1);
    int place = index - own.first();
    return new Range(
        below.first() + cut(below.count(), own.count(), place),
        below.first() + cut(below.count(), own.count(), place + 1) - 1);
  }

  /** Where part {@code place} of a list begins that is cut so that sizes differ by at most one. */
  private static int cut(int length, int parts, int place) {
    return (int) ((long) length * place / parts);
  }

  /**
   * Which successes a retry takes over: those of the stages up to the first that is not wholly
   * done. What comes after it depends on tasks that run again.
   */
  public static IndexRanges carriable(JobSpec spec, IndexRanges succeeded) {
    for (Stage stage : of(spec)) {
      IndexRanges open = IndexRanges.closed(stage.first(), stage.end() - 1).minus(succeeded);
      if (!open.isEmpty()) {
        return stage.end() >= spec.taskCount()
            ? succeeded
            : succeeded.minus(IndexRanges.closed(stage.end(), spec.taskCount() - 1));
      }
    }
    return succeeded;
  }
}
