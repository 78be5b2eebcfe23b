package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.planner.plan.Decision.Accepted;
import dev.muster.planner.plan.Decision.Rejected;
import dev.muster.planner.plan.Decision.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlanDeciderTest {
  private static final JobSpec SINGLE = Specs.spec(FanOut.NONE, 0, IndexRanges.EMPTY);
  private static final JobSpec FOUR_ITEMS =
      Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 4, 0), 0, IndexRanges.EMPTY);
  private static final JobSpec TWO_BATCHES =
      Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, 4, 0), 2, IndexRanges.EMPTY);
  private static final JobId PARENT = Specs.job(1);
  private static final JobId OTHER = Specs.job(2);
  private static final JobSpec CHILD =
      SINGLE.withDependsOn(new Dependencies(List.of(PARENT, OTHER), Dependencies.Policy.COMPLETED));
  private static final PlanState WAITING =
      new PlanState.Waiting(CHILD, new TreeSet<>(List.of(PARENT)), IndexRanges.EMPTY);
  private static final ItemChunk FIRST = new ItemChunk(0, 0, List.of("{}", "{}"));
  private static final ItemChunk SECOND = new ItemChunk(1, 2, List.of("{}", "{}"));

  @Test
  void singleTaskJobIsPlannedAtOnce() {
    Decision decision = PlanDecider.decide(unknown(), new PlanCommand.Submit(SINGLE));

    assertThat(decision)
        .isEqualTo(
            new Accepted(
                List.of(new PlanFact.JobAccepted(SINGLE), new PlanFact.AllTasksPlanned(SINGLE))));
    assertThat(after(unknown(), decision)).isEqualTo(new PlanState.Planned());
  }

  @Test
  void listedJobWaitsForItsItems() {
    PlanState state = after(unknown(), new PlanCommand.Submit(FOUR_ITEMS));

    assertThat(state).isEqualTo(new PlanState.Planning(FOUR_ITEMS, 0, IndexRanges.EMPTY));
  }

  @Test
  void lastPartCompletesThePlan() {
    PlanState planning = new PlanState.Planning(FOUR_ITEMS, 2, IndexRanges.closed(0, 0));

    PlanState state = after(planning, new PlanCommand.ListItems(SECOND));

    assertThat(state).isEqualTo(new PlanState.Planned());
  }

  @Test
  void itemsBeforeTheirJobAreParkedAndThenPlanned() {
    PlanState awaiting = after(unknown(), new PlanCommand.ListItems(SECOND));

    Decision decision = PlanDecider.decide(awaiting, new PlanCommand.Submit(FOUR_ITEMS));

    assertThat(decision)
        .isEqualTo(
            new Accepted(
                List.of(
                    new PlanFact.JobAccepted(FOUR_ITEMS),
                    new PlanFact.ChunkPlanned(FOUR_ITEMS, SECOND))));
  }

  @Test
  void repeatedPartIsRejected() {
    PlanState planning = new PlanState.Planning(FOUR_ITEMS, 2, IndexRanges.closed(0, 0));

    assertThat(PlanDecider.decide(planning, new PlanCommand.ListItems(FIRST)))
        .isEqualTo(new Rejected(Rejection.ITEMS_KNOWN));
  }

  @Test
  void submissionOfAClosedJobPlansNothing() {
    PlanState closed = after(unknown(), new PlanCommand.Close());

    assertThat(PlanDecider.decide(closed, new PlanCommand.Submit(SINGLE)))
        .isEqualTo(new Rejected(Rejection.JOB_CLOSED));
  }

  @Test
  void partThatCutsATaskRefusesThePlan() {
    PlanState planning = new PlanState.Planning(TWO_BATCHES, 0, IndexRanges.EMPTY);
    ItemChunk odd = new ItemChunk(0, 0, List.of("{}"));

    Decision decision = PlanDecider.decide(planning, new PlanCommand.ListItems(odd));

    assertThat(decision)
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted ->
                assertThat(accepted.facts())
                    .singleElement()
                    .isInstanceOf(PlanFact.PlanRefused.class));
    assertThat(after(planning, decision)).isEqualTo(new PlanState.Refused());
  }

  @Test
  void partBeyondTheListRefusesThePlan() {
    PlanState planning = new PlanState.Planning(FOUR_ITEMS, 0, IndexRanges.EMPTY);
    ItemChunk beyond = new ItemChunk(0, 3, List.of("{}", "{}"));

    assertThat(after(planning, new PlanCommand.ListItems(beyond)))
        .isEqualTo(new PlanState.Refused());
  }

  @Test
  void everyCommandInEveryStateHasAnAnswer() {
    List<PlanState> states =
        List.of(
            unknown(),
            new PlanState.Awaiting(new TreeMap<>(Map.of(0, FIRST))),
            new PlanState.Planning(FOUR_ITEMS, 2, IndexRanges.closed(0, 0)),
            new PlanState.Staged(Specs.mapReduce(), 1),
            new PlanState.Planned(),
            WAITING,
            new PlanState.Refused(),
            new PlanState.Closed());
    List<PlanCommand> commands =
        List.of(
            new PlanCommand.Submit(SINGLE),
            new PlanCommand.Submit(FOUR_ITEMS),
            new PlanCommand.ListItems(FIRST),
            new PlanCommand.ListItems(SECOND),
            new PlanCommand.CompleteStage(0),
            new PlanCommand.EndParents(Map.of(PARENT, JobState.COMPLETED)),
            new PlanCommand.EndParents(Map.of(PARENT, JobState.FAILED)),
            new PlanCommand.End(JobState.COMPLETED),
            new PlanCommand.Close());

    assertThat(states.stream().map(Object::getClass))
        .containsExactlyInAnyOrder(PlanState.class.getPermittedSubclasses());
    for (PlanState state : states) {
      for (PlanCommand command : commands) {
        assertThat(PlanDecider.decide(state, command)).isNotNull();
      }
    }
  }

  /** The diagram of the package and of the README, as a list. */
  @Test
  void edgesAreThoseOfTheDiagram() {
    Map<String, PlanState> states =
        Map.of(
            "Unknown", unknown(),
            "Awaiting first", new PlanState.Awaiting(new TreeMap<>(Map.of(0, FIRST))),
            "Awaiting all", new PlanState.Awaiting(new TreeMap<>(Map.of(0, FIRST, 1, SECOND))),
            "Planning", new PlanState.Planning(FOUR_ITEMS, 2, IndexRanges.closed(0, 0)),
            "Staged", new PlanState.Staged(Specs.mapReduce(), 1),
            "Staged last", new PlanState.Staged(Specs.mapReduce(), 2),
            "Planned", new PlanState.Planned(),
            "Closed", new PlanState.Closed());
    Map<String, PlanCommand> commands =
        Map.of(
            "Submit", new PlanCommand.Submit(FOUR_ITEMS),
            "Submit one task", new PlanCommand.Submit(SINGLE),
            "ListItems", new PlanCommand.ListItems(SECOND),
            "ListItems beyond", new PlanCommand.ListItems(new ItemChunk(7, 4, List.of("{}"))),
            "Submit stages", new PlanCommand.Submit(Specs.mapReduce()),
            "CompleteStage 0", new PlanCommand.CompleteStage(0),
            "CompleteStage 1", new PlanCommand.CompleteStage(1),
            "Close", new PlanCommand.Close());
    List<String> edges = new ArrayList<>();
    states.forEach((from, state) ->
        commands.forEach((name, command) -> {
          if (PlanDecider.decide(state, command) instanceof Accepted accepted) {
            String to = after(state, accepted).getClass().getSimpleName();
            edges.add(from + " - " + name + " -> " + to);
          }
        }));

    assertThat(edges)
        .containsExactlyInAnyOrder(
            "Unknown - Submit -> Planning",
            "Unknown - Submit one task -> Planned",
            "Unknown - ListItems -> Awaiting",
            "Unknown - ListItems beyond -> Awaiting",
            "Unknown - Close -> Closed",
            "Awaiting first - Submit -> Planning",
            "Awaiting first - Submit one task -> Planned",
            "Awaiting first - ListItems -> Awaiting",
            "Awaiting first - ListItems beyond -> Awaiting",
            "Awaiting first - Close -> Closed",
            "Awaiting all - Submit -> Planned",
            "Awaiting all - Submit one task -> Planned",
            "Awaiting all - ListItems beyond -> Awaiting",
            "Awaiting all - Close -> Closed",
            "Planning - ListItems -> Planned",
            "Planning - ListItems beyond -> Refused",
            "Planning - Close -> Closed",
            "Unknown - Submit stages -> Staged",
            "Awaiting first - Submit stages -> Staged",
            "Awaiting all - Submit stages -> Staged",
            "Staged - CompleteStage 0 -> Staged",
            "Staged - CompleteStage 1 -> Planned",
            "Staged - Close -> Closed",
            "Staged last - CompleteStage 1 -> Planned",
            "Staged last - Close -> Closed",
            "Planned - Close -> Closed");
  }

  /** The second diagram of the README, as a list. */
  @Test
  void edgesOfWaitingAndEndedJobsAreThoseOfTheDiagram() {
    Map<String, PlanState> states =
        Map.of(
            "Unknown", unknown(),
            "Waiting",
                new PlanState.Waiting(
                    CHILD, new TreeSet<>(List.of(PARENT, OTHER)), IndexRanges.EMPTY),
            "Waiting for one", WAITING,
            "Refused", new PlanState.Refused(),
            "Planned", new PlanState.Planned(),
            "Closed", new PlanState.Closed(),
            "Ended", new PlanState.Closed(JobState.FAILED));
    Map<String, PlanCommand> commands =
        Map.of(
            "Submit", new PlanCommand.Submit(CHILD),
            "Submit, all ended",
                new PlanCommand.Submit(
                    CHILD, Map.of(PARENT, JobState.COMPLETED, OTHER, JobState.COMPLETED)),
            "Submit, one failed", new PlanCommand.Submit(CHILD, Map.of(PARENT, JobState.FAILED)),
            "EndParents", new PlanCommand.EndParents(Map.of(PARENT, JobState.COMPLETED)),
            "EndParents, one failed", new PlanCommand.EndParents(Map.of(PARENT, JobState.PARTIAL)),
            "Close", new PlanCommand.Close(),
            "End", new PlanCommand.End(JobState.COMPLETED));
    List<String> edges = new ArrayList<>();
    states.forEach((from, state) ->
        commands.forEach((name, command) -> {
          if (PlanDecider.decide(state, command) instanceof Accepted accepted) {
            String to = after(state, accepted).getClass().getSimpleName();
            edges.add(from + " - " + name + " -> " + to);
          }
        }));

    assertThat(edges)
        .containsExactlyInAnyOrder(
            "Unknown - Submit -> Waiting",
            "Unknown - Submit, all ended -> Planned",
            "Unknown - Submit, one failed -> Refused",
            "Unknown - Close -> Closed",
            "Unknown - End -> Closed",
            "Waiting - EndParents -> Waiting",
            "Waiting - EndParents, one failed -> Refused",
            "Waiting - Close -> Closed",
            "Waiting - End -> Closed",
            "Waiting for one - EndParents -> Planned",
            "Waiting for one - EndParents, one failed -> Refused",
            "Waiting for one - Close -> Closed",
            "Waiting for one - End -> Closed",
            "Refused - Close -> Closed",
            "Refused - End -> Closed",
            "Planned - Close -> Closed",
            "Planned - End -> Closed",
            "Closed - End -> Closed");
  }

  @Test
  void partialParentIsEnoughWhereThePolicySaysSo() {
    JobSpec child =
        SINGLE.withDependsOn(new Dependencies(List.of(PARENT), Dependencies.Policy.ALLOW_PARTIAL));

    assertThat(after(unknown(), new PlanCommand.Submit(child, Map.of(PARENT, JobState.PARTIAL))))
        .isEqualTo(new PlanState.Planned());
  }

  @Test
  void refusedJobIsRefusedAgainWhenItIsSentAgain() {
    PlanCommand submit = new PlanCommand.Submit(CHILD, Map.of(PARENT, JobState.CANCELLED));
    PlanState refused = after(unknown(), submit);

    assertThat(PlanDecider.decide(PlanDecider.anew(refused), submit))
        .isEqualTo(PlanDecider.decide(unknown(), submit));
  }

  @Test
  void factThatCannotFollowStopsTheReader() {
    assertThatThrownBy(
            () -> PlanDecider.evolve(new PlanState.Closed(), new PlanFact.JobAccepted(SINGLE)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Expected a fact that can follow Closed");
  }

  private static PlanState unknown() {
    return new PlanState.Unknown();
  }

  private static PlanState after(PlanState state, PlanCommand command) {
    return after(state, PlanDecider.decide(state, command));
  }

  private static PlanState after(PlanState state, Decision decision) {
    return switch (decision) {
      case Rejected rejected -> state;
      case Accepted accepted -> {
        PlanState evolved = state;
        for (PlanFact fact : accepted.facts()) {
          evolved = PlanDecider.evolve(evolved, fact);
        }
        yield evolved;
      }
    };
  }
}
