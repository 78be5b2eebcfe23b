package dev.muster.planner.plan;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.Stages;
import dev.muster.planner.plan.Decision.Accepted;
import dev.muster.planner.plan.Decision.Rejected;
import dev.muster.planner.plan.Decision.Rejection;
import dev.muster.planner.plan.PlanState.Awaiting;
import dev.muster.planner.plan.PlanState.Closed;
import dev.muster.planner.plan.PlanState.Planned;
import dev.muster.planner.plan.PlanState.Planning;
import dev.muster.planner.plan.PlanState.Refused;
import dev.muster.planner.plan.PlanState.Staged;
import dev.muster.planner.plan.PlanState.Unknown;
import dev.muster.planner.plan.PlanState.Waiting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Decides what a job's plan is; every command in every state has an answer. */
public final class PlanDecider {
  private PlanDecider() {}

  /** The answer to a command. */
  public static Decision decide(PlanState state, PlanCommand command) {
    return switch (command) {
      case PlanCommand.Submit submit -> submit(state, submit);
      case PlanCommand.ListItems list -> listItems(state, list.chunk());
      case PlanCommand.CompleteStage complete -> completeStage(state, complete.stage());
      case PlanCommand.Close close ->
          state instanceof Closed
              ? new Rejected(Rejection.JOB_CLOSED)
              : new Accepted(List.of(new PlanFact.PlanClosed()));
      case PlanCommand.End end ->
          state instanceof Closed closed && closed.end() != null
              ? new Rejected(Rejection.JOB_CLOSED)
              : new Accepted(List.of(new PlanFact.JobEnded(end.state())));
      case PlanCommand.EndParents parents ->
          state instanceof Waiting waiting
              ? Chains.endParents(waiting, parents.ended())
              : new Rejected(Rejection.PARENTS_KNOWN);
    };
  }

  /**
   * The state after a fact.
   *
   * @throws IllegalStateException when the fact cannot follow
   */
  public static PlanState evolve(PlanState state, PlanFact fact) {
    return switch (fact) {
      case PlanFact.JobAccepted accepted
          when state instanceof Unknown || state instanceof Awaiting || state instanceof Waiting ->
          new Planning(accepted.spec(), 0, IndexRanges.EMPTY);
      case PlanFact.JobHeld held when state instanceof Unknown ->
          new Waiting(held.spec(), held.open(), IndexRanges.EMPTY);
      case PlanFact.JobHeld held when state instanceof Awaiting awaiting ->
          new Waiting(held.spec(), held.open(), numbers(awaiting.parked().keySet()));
      case PlanFact.ParentsMet met when state instanceof Waiting waiting ->
          Chains.without(waiting, met.parents());
      case PlanFact.AllTasksPlanned all when state instanceof Planning -> staged(all.spec(), 1);
      case PlanFact.StagePlanned planned
          when state instanceof Staged staged && staged.next() <= planned.stage().number() ->
          staged(planned.spec(), planned.stage().number() + 1);
      case PlanFact.ChunkPlanned planned when state instanceof Planning planning ->
          after(planning, planned.chunk());
      case PlanFact.ChunkParked parked when state instanceof Unknown ->
          new Awaiting(new TreeMap<>(Map.of(parked.chunk().chunk(), parked.chunk())));
      case PlanFact.ChunkParked parked when state instanceof Awaiting awaiting ->
          with(awaiting, parked.chunk());
      case PlanFact.ChunkParked parked when state instanceof Waiting waiting ->
          new Waiting(waiting.spec(), waiting.open(), plus(waiting.parked(), parked.chunk()));
      case PlanFact.PlanRefused refused
          when state instanceof Unknown
              || state instanceof Awaiting
              || state instanceof Waiting
              || state instanceof Planning ->
          new Refused();
      case PlanFact.PlanClosed closed when !(state instanceof Closed) -> new Closed();
      case PlanFact.JobEnded ended when !(state instanceof Closed(JobState end) && end != null) ->
          new Closed(ended.end());
      case PlanFact.JobAccepted f -> throw cannotFollow(state, f);
      case PlanFact.JobHeld f -> throw cannotFollow(state, f);
      case PlanFact.ParentsMet f -> throw cannotFollow(state, f);
      case PlanFact.AllTasksPlanned f -> throw cannotFollow(state, f);
      case PlanFact.StagePlanned f -> throw cannotFollow(state, f);
      case PlanFact.ChunkPlanned f -> throw cannotFollow(state, f);
      case PlanFact.ChunkParked f -> throw cannotFollow(state, f);
      case PlanFact.PlanRefused f -> throw cannotFollow(state, f);
      case PlanFact.PlanClosed f -> throw cannotFollow(state, f);
      case PlanFact.JobEnded f -> throw cannotFollow(state, f);
    };
  }

  /**
   * The state before a job's submission is sent again, because what was said about it may be lost:
   * it is planned as if for the first time, unless it is over.
   */
  public static PlanState anew(PlanState state) {
    return state instanceof Closed ? state : new Unknown();
  }

  private static Decision submit(PlanState state, PlanCommand.Submit submit) {
    return switch (state) {
      case Unknown unknown -> new Accepted(begin(submit, List.of()));
      case Awaiting awaiting ->
          new Accepted(begin(submit, List.copyOf(awaiting.parked().values())));
      case Waiting waiting -> new Rejected(Rejection.ALREADY_PLANNED);
      case Refused refused -> new Rejected(Rejection.ALREADY_PLANNED);
      case Planning planning -> new Rejected(Rejection.ALREADY_PLANNED);
      case Staged staged -> new Rejected(Rejection.ALREADY_PLANNED);
      case Planned planned -> new Rejected(Rejection.ALREADY_PLANNED);
      case Closed closed -> new Rejected(Rejection.JOB_CLOSED);
    };
  }

  private static List<PlanFact> begin(PlanCommand.Submit submit, List<ItemChunk> parked) {
    return Chains.hold(submit.spec(), submit.ended())
        .map(List::of)
        .orElseGet(() -> accept(submit.spec(), parked));
  }

  static List<PlanFact> accept(JobSpec spec, List<ItemChunk> parked) {
    Federated federated = spec.federated();
    if (federated != null && federated.mismatched()) {
      return List.of(mismatch(spec, federated));
    }
    List<PlanFact> facts = new ArrayList<>();
    facts.add(new PlanFact.JobAccepted(spec));
    if (!spec.fanOut().listed()) {
      facts.add(new PlanFact.AllTasksPlanned(spec));
      return facts;
    }
    PlanState state = new Planning(spec, 0, IndexRanges.EMPTY);
    for (ItemChunk chunk : parked) {
      if (state instanceof Planning planning) {
        PlanFact fact = plan(planning, chunk);
        facts.add(fact);
        state = evolve(state, fact);
      }
    }
    return facts;
  }

  /** A training whose shards and workers differ in number is never announced (S0-19). */
  private static PlanFact mismatch(JobSpec spec, Federated federated) {
    return new PlanFact.PlanRefused(
        spec,
        ErrorCode.SHARD_COUNT_MISMATCH,
        "Expected exactly %d workers for %d shards, but %d were named"
            .formatted(federated.shards().size(), federated.shards().size(), federated.workers()));
  }

  private static Decision listItems(PlanState state, ItemChunk chunk) {
    return switch (state) {
      case Unknown unknown -> new Accepted(List.of(new PlanFact.ChunkParked(chunk)));
      case Awaiting awaiting ->
          awaiting.parked().containsKey(chunk.chunk())
              ? new Rejected(Rejection.ITEMS_KNOWN)
              : new Accepted(List.of(new PlanFact.ChunkParked(chunk)));
      case Waiting waiting ->
          waiting.parked().contains(chunk.chunk())
              ? new Rejected(Rejection.ITEMS_KNOWN)
              : new Accepted(List.of(new PlanFact.ChunkParked(chunk)));
      case Planning planning ->
          planning.chunks().contains(chunk.chunk())
              ? new Rejected(Rejection.ITEMS_KNOWN)
              : new Accepted(List.of(plan(planning, chunk)));
      case Staged staged -> new Rejected(Rejection.ITEMS_KNOWN);
      case Planned planned -> new Rejected(Rejection.ITEMS_KNOWN);
      case Refused refused -> new Rejected(Rejection.JOB_CLOSED);
      case Closed closed -> new Rejected(Rejection.JOB_CLOSED);
    };
  }

  private static Decision completeStage(PlanState state, int stage) {
    return switch (state) {
      // A job that was sent again after its topics were lost may hear of a later stage first.
      case Staged(JobSpec spec, int next)
          when next <= stage + 1 && stage + 1 < Stages.of(spec).size() ->
          new Accepted(List.of(new PlanFact.StagePlanned(spec, Stages.of(spec).get(stage + 1))));
      case Unknown _, Awaiting _, Waiting _, Planning _, Staged _, Planned _ ->
          new Rejected(Rejection.STAGE_KNOWN);
      case Refused _, Closed _ -> new Rejected(Rejection.JOB_CLOSED);
    };
  }

  /** The state in which stage {@code next} is the first that is not planned. */
  private static PlanState staged(JobSpec spec, int next) {
    return next < Stages.of(spec).size() ? new Staged(spec, next) : new Planned();
  }

  private static PlanFact plan(Planning planning, ItemChunk chunk) {
    JobSpec spec = planning.spec();
    int size = Math.max(1, spec.batchSize());
    long end = (long) chunk.firstItem() + chunk.items().size();
    boolean whole = end == spec.fanOut().items() || chunk.items().size() % size == 0;
    if (chunk.items().isEmpty()
        || chunk.firstItem() % size != 0
        || end > spec.fanOut().items()
        || !whole) {
      return new PlanFact.PlanRefused(
          spec,
          ErrorCode.INTERNAL,
          "Expected whole tasks of %d items in a list of %d, but part %d holds items %d to %d"
              .formatted(size, spec.fanOut().items(), chunk.chunk(), chunk.firstItem(), end - 1));
    }
    return new PlanFact.ChunkPlanned(spec, chunk);
  }

  private static PlanState after(Planning planning, ItemChunk chunk) {
    JobSpec spec = planning.spec();
    int planned = planning.plannedTasks() + TaskSplitter.tasksOf(spec, chunk.items().size());
    return planned >= Stages.of(spec).getFirst().count()
        ? staged(spec, 1)
        : new Planning(spec, planned, plus(planning.chunks(), chunk));
  }

  private static IndexRanges plus(IndexRanges chunks, ItemChunk chunk) {
    return IndexRanges.of(IntStream.concat(chunks.stream(), IntStream.of(chunk.chunk())));
  }

  private static IndexRanges numbers(Collection<Integer> chunks) {
    return IndexRanges.of(chunks.stream().mapToInt(Integer::intValue));
  }

  private static PlanState with(Awaiting awaiting, ItemChunk chunk) {
    SortedMap<Integer, ItemChunk> parked = new TreeMap<>(awaiting.parked());
    parked.put(chunk.chunk(), chunk);
    return new Awaiting(parked);
  }

  private static IllegalStateException cannotFollow(PlanState state, PlanFact fact) {
    return new IllegalStateException(
        "Expected a fact that can follow "
            + state.getClass().getSimpleName()
            + ", but got "
            + fact.getClass().getSimpleName());
  }
}
