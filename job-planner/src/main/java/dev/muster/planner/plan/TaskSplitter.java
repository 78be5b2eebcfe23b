package dev.muster.planner.plan;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.IndexRanges.Range;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlanEvent.TasksPlanned;
import dev.muster.contracts.task.PlannedStage;
import dev.muster.contracts.task.TaskPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a fact says on {@code muster.task.plans}. Tasks that an earlier job has done, or that a
 * retry leaves out, are never among the planned ones: ranges are split around them. Payloads are
 * made as they are handed over, so that a large part never exists as a whole.
 */
public final class TaskSplitter {
  /**
   * Most characters of payloads in one event; a single payload may be longer. Payloads have up to
   * 256 KiB, and doubled by escaping they still fit into the 1 MiB that a broker takes by default.
   */
  static final int PAYLOAD_CHARS_MAX = 128 * 1024;

  private TaskSplitter() {}

  /** Hands over what the fact says, in order; nothing for a fact that concerns only the planner. */
  public static void publish(JobId job, PlanFact fact, Consumer<PlanEvent> out) {
    switch (fact) {
      case PlanFact.JobAccepted accepted -> out.accept(planned(job, accepted.spec()));
      case PlanFact.AllTasksPlanned all -> all(job, all.spec(), out);
      case PlanFact.StagePlanned planned -> stage(job, planned.spec(), planned.stage(), out);
      case PlanFact.ChunkPlanned planned -> chunk(job, planned.spec(), planned.chunk(), out);
      case PlanFact.PlanRefused refused ->
          out.accept(new PlanEvent.PlanFailed(job, refused.errorCode(), refused.detail()));
      case PlanFact.JobHeld held ->
          out.accept(new PlanEvent.JobBlocked(job, List.copyOf(held.open())));
      case PlanFact.ParentsMet met -> {}
      case PlanFact.ChunkParked parked -> {}
      case PlanFact.PlanClosed closed -> {}
      case PlanFact.JobEnded ended -> {}
    }
  }

  /** How many tasks the fact plans, apart from what is settled before. */
  public static int plannedBy(PlanFact fact) {
    return switch (fact) {
      case PlanFact.AllTasksPlanned all ->
          wanted(all.spec(), Stages.of(all.spec()).getFirst()).size();
      case PlanFact.StagePlanned planned -> wanted(planned.spec(), planned.stage()).size();
      case PlanFact.ChunkPlanned planned -> wanted(planned.spec(), planned.chunk()).size();
      case PlanFact.JobAccepted _,
          PlanFact.JobHeld _,
          PlanFact.ParentsMet _,
          PlanFact.PlanRefused _,
          PlanFact.ChunkParked _,
          PlanFact.PlanClosed _,
          PlanFact.JobEnded _ ->
          0;
    };
  }

  private static IndexRanges wanted(JobSpec spec, Stages.Stage stage) {
    return gaps(stage.first(), stage.end() - 1, spec.settled());
  }

  private static IndexRanges wanted(JobSpec spec, ItemChunk chunk) {
    int first = chunk.firstItem() / Math.max(1, spec.batchSize());
    return gaps(first, first + tasksOf(spec, chunk.items().size()) - 1, spec.settled());
  }

  /** How many tasks these items are: whole batches, and what is left over. */
  public static int tasksOf(JobSpec spec, int items) {
    return Math.ceilDiv(items, Math.max(1, spec.batchSize()));
  }

  private static PlanEvent planned(JobId job, JobSpec spec) {
    return new PlanEvent.JobPlanned(
        job,
        spec.tenant(),
        spec.pool(),
        spec.priority(),
        spec.taskCount(),
        spec.settled(),
        StageRuns.first(spec),
        spec.deadlineSeconds());
  }

  private static void all(JobId job, JobSpec spec, Consumer<PlanEvent> out) {
    FanOut fanOut = spec.fanOut();
    for (Range range : wanted(spec, Stages.of(spec).getFirst()).ranges()) {
      int count = range.last() - range.first() + 1;
      if (fanOut.shape() == FanOut.Shape.CHUNKS) {
        ChunkTemplate template =
            new ChunkTemplate(
                spec.payload(),
                Objects.requireNonNull(fanOut.field()),
                fanOut.items(),
                fanOut.total(),
                spec.batchSize());
        out.accept(new TasksPlanned(job, range.first(), count, List.of(), template));
      } else {
        listed(job, range, index -> TaskPayload.of(spec, index, List.of()), null, out);
      }
    }
  }

  /** Nothing is said of a stage that an earlier job has done: it is complete already. */
  private static void stage(JobId job, JobSpec spec, Stages.Stage stage, Consumer<PlanEvent> out) {
    PlannedStage planned = new PlannedStage(stage.number(), StageRuns.of(spec, stage));
    for (Range range : wanted(spec, stage).ranges()) {
      listed(job, range, index -> TaskPayload.of(spec, index, List.of()), planned, out);
    }
  }

  private static void chunk(JobId job, JobSpec spec, ItemChunk chunk, Consumer<PlanEvent> out) {
    int size = Math.max(1, spec.batchSize());
    int firstTask = chunk.firstItem() / size;
    IntFunction<String> payloadOf =
        task -> {
          int from = (task - firstTask) * size;
          int to = Math.min(chunk.items().size(), from + size);
          return TaskPayload.of(spec, task, chunk.items().subList(from, to));
        };
    for (Range range : wanted(spec, chunk).ranges()) {
      listed(job, range, payloadOf, null, out);
    }
  }

  /** Says the tasks of a range with a payload each, cut where an event would grow too large. */
  private static void listed(
      JobId job,
      Range range,
      IntFunction<String> payloadOf,
      @Nullable PlannedStage stage,
      Consumer<PlanEvent> out) {
    List<String> payloads = new ArrayList<>();
    int first = range.first();
    int chars = 0;
    for (int task = first; task <= range.last(); task++) {
      String payload = payloadOf.apply(task);
      if (!payloads.isEmpty() && chars + payload.length() > PAYLOAD_CHARS_MAX) {
        out.accept(new TasksPlanned(job, first, payloads.size(), payloads, null, stage));
        payloads.clear();
        first = task;
        chars = 0;
      }
      payloads.add(payload);
      chars += payload.length();
    }
    out.accept(new TasksPlanned(job, first, payloads.size(), payloads, null, stage));
  }

  /** The indexes from {@code first} to {@code last} that are not carried, as ranges. */
  static IndexRanges gaps(int first, int last, IndexRanges carried) {
    List<Range> gaps = new ArrayList<>();
    int next = first;
    for (Range done : carried.ranges()) {
      if (done.last() < next) {
        continue;
      }
      if (done.first() > last) {
        break;
      }
      if (done.first() > next) {
        gaps.add(new Range(next, done.first() - 1));
      }
      next = done.last() + 1;
    }
    if (next <= last) {
      gaps.add(new Range(next, last));
    }
    return new IndexRanges(gaps);
  }
}
