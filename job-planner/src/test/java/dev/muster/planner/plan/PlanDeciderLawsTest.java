package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.TaskPayload;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds however records come: repeated, in any order, and read again after a crash. */
class PlanDeciderLawsTest {
  /** What a planner stored and said; a batch changes both or neither. */
  private static final class Planner {
    PlanState state = new PlanState.Unknown();
    final List<PlanEvent> said = new ArrayList<>();

    void commit(List<PlanCommand> batch) {
      for (PlanCommand command : batch) {
        if (PlanDecider.decide(state, command) instanceof Decision.Accepted accepted) {
          for (PlanFact fact : accepted.facts()) {
            state = PlanDecider.evolve(state, fact);
            TaskSplitter.publish(Specs.job(1), fact, said::add);
          }
        }
      }
    }
  }

  @Test
  void everyTaskThatIsNotCarriedIsPlannedExactlyOnce() {
    Seeds.forEach(
        1_000,
        random -> {
          JobSpec spec = Specs.random(random);
          List<ItemChunk> chunks = Specs.chunks(spec, random);
          List<PlanCommand> topic = topic(spec, chunks, random);

          Planner planner = play(topic, random);

          assertThat(planner.state).isEqualTo(new PlanState.Planned());
          IndexRanges all = IndexRanges.closed(0, spec.taskCount() - 1);
          assertThat(payloads(planner.said).keySet())
              .containsExactlyInAnyOrderElementsOf(
                  all.minus(spec.carried()).stream().boxed().toList());
        });
  }

  @Test
  void everyTaskGetsThePayloadOfItsPlace() {
    Seeds.forEach(
        500,
        random -> {
          JobSpec spec = Specs.random(random);
          List<ItemChunk> chunks = Specs.chunks(spec, random);

          Planner planner = play(topic(spec, chunks, random), random);

          payloads(planner.said)
              .forEach((task, payload) -> assertThat(payload).isEqualTo(expected(spec, task)));
        });
  }

  @Test
  void everyPointOfASweepIsPlannedOnceWithItsPayloadAndPlanningAgainSaysTheSame() {
    Seeds.forEach(
        500,
        random -> {
          JobSpec spec = Specs.randomSweep(random);

          Planner planner = play(topic(spec, List.of(), random), random);
          Planner again = play(topic(spec, List.of(), random), random);

          IndexRanges all = IndexRanges.closed(0, spec.taskCount() - 1);
          Map<Integer, String> payloads = payloads(planner.said);
          assertThat(payloads.keySet())
              .containsExactlyInAnyOrderElementsOf(
                  all.minus(spec.carried()).stream().boxed().toList());
          payloads.forEach((task, payload) ->
              assertThat(payload).isEqualTo(TaskPayload.of(spec, task, List.of())));
          assertThat(again.said).isEqualTo(planner.said);
        });
  }

  /**
   * The planner is started anew before any command, which loses nothing but memory; completions
   * come again and again.
   */
  @Test
  void everyStageIsPlannedOnceAfterTheOneBeforeIsComplete() {
    Seeds.forEach(
        500,
        random -> {
          JobSpec spec =
              random.nextBoolean() ? Specs.randomMapReduce(random) : Specs.randomFederated(random);
          List<ItemChunk> chunks = Specs.chunks(spec, random);
          List<Stages.Stage> stages = Stages.of(spec);
          Planner planner = play(topic(spec, chunks, random), random);

          for (Stages.Stage stage : stages.subList(0, stages.size() - 1)) {
            int complete = stage.number();
            List<Integer> wanted =
                IndexRanges.closed(0, stages.get(complete).end() - 1).minus(spec.carried()).stream()
                    .boxed()
                    .toList();
            assertThat(payloads(planner.said).keySet()).containsExactlyInAnyOrderElementsOf(wanted);
            for (int repeat = random.nextInt(1, 4); repeat > 0; repeat--) {
              planner.commit(
                  IntStream.rangeClosed(0, complete)
                      .<PlanCommand>mapToObj(PlanCommand.CompleteStage::new)
                      .toList());
            }
          }

          assertThat(planner.state).isEqualTo(new PlanState.Planned());
          Map<Integer, String> payloads = payloads(planner.said);
          assertThat(payloads.keySet())
              .containsExactlyInAnyOrderElementsOf(
                  IndexRanges.closed(0, spec.taskCount() - 1).minus(spec.carried()).stream()
                      .boxed()
                      .toList());
          payloads.forEach((task, payload) -> {
            if (TaskPayload.isReduce(spec, task) || spec.federated() != null) {
              assertThat(payload).isEqualTo(TaskPayload.of(spec, task, List.of()));
            }
          });
        });
  }

  @Test
  void stageOfAClosedJobIsNotPlanned() {
    Seeds.forEach(
        50,
        random -> {
          JobSpec spec = Specs.randomMapReduce(random);
          Planner planner = play(topic(spec, Specs.chunks(spec, random), random), random);
          int said = planner.said.size();

          planner.commit(List.of(new PlanCommand.Close(), new PlanCommand.CompleteStage(0)));

          assertThat(planner.said).hasSize(said);
        });
  }

  @Test
  void jobIsAnnouncedOnceAndFirst() {
    Seeds.forEach(
        500,
        random -> {
          JobSpec spec = Specs.random(random);

          Planner planner = play(topic(spec, Specs.chunks(spec, random), random), random);

          assertThat(planner.said.getFirst()).isInstanceOf(PlanEvent.JobPlanned.class);
          assertThat(planner.said).filteredOn(PlanEvent.JobPlanned.class::isInstance).hasSize(1);
        });
  }

  @Test
  void nothingIsSaidAfterTheJobIsClosed() {
    Seeds.forEach(
        500,
        random -> {
          JobSpec spec = Specs.random(random);
          List<PlanCommand> topic = topic(spec, Specs.chunks(spec, random), random);
          int cut = random.nextInt(topic.size() + 1);
          Planner planner = play(topic.subList(0, cut), random);
          int said = planner.said.size();

          planner.commit(List.of(new PlanCommand.Close()));
          planner.commit(topic);

          assertThat(planner.said).hasSize(said);
          assertThat(planner.state).isEqualTo(new PlanState.Closed());
        });
  }

  @Test
  void sameHistoryGivesTheSamePlan() {
    Seeds.forEach(
        200,
        random -> {
          JobSpec spec = Specs.random(random);
          List<PlanCommand> topic = topic(spec, Specs.chunks(spec, random), random);
          Planner once = new Planner();
          Planner again = new Planner();

          once.commit(topic);
          again.commit(topic);

          assertThat(again.said).isEqualTo(once.said);
          assertThat(again.state).isEqualTo(once.state);
        });
  }

  /** Every record at least once, some more often, in any order. */
  private static List<PlanCommand> topic(
      JobSpec spec, List<ItemChunk> chunks, SplittableRandom random) {
    List<PlanCommand> records = new ArrayList<>();
    records.add(new PlanCommand.Submit(spec));
    chunks.forEach(chunk -> records.add(new PlanCommand.ListItems(chunk)));
    int repeats = random.nextInt(records.size() + 1);
    for (int i = 0; i < repeats; i++) {
      records.add(records.get(random.nextInt(records.size())));
    }
    for (int i = records.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      records.set(other, records.set(i, records.get(other)));
    }
    return records;
  }

  /** Reads in batches; a crash after the commit and before the offset reads some of it again. */
  private static Planner play(List<PlanCommand> topic, SplittableRandom random) {
    Planner planner = new Planner();
    int offset = 0;
    while (offset < topic.size()) {
      int end = Math.min(topic.size(), offset + random.nextInt(1, 6));
      planner.commit(topic.subList(offset, end));
      boolean crashed = random.nextInt(4) == 0;
      offset = crashed ? Math.max(0, offset - random.nextInt(3)) : end;
    }
    return planner;
  }

  private static Map<Integer, String> payloads(List<PlanEvent> said) {
    Map<Integer, String> payloads = new HashMap<>();
    for (PlanEvent event : said) {
      if (event instanceof PlanEvent.TasksPlanned planned) {
        for (int i = 0; i < planned.count(); i++) {
          int task = planned.firstIndex() + i;
          ChunkTemplate template = planned.template();
          String payload = template == null ? planned.payloads().get(i) : template.payloadOf(task);
          assertThat(payloads.put(task, payload)).as("task %d planned before", task).isNull();
        }
      }
    }
    return payloads;
  }

  private static String expected(JobSpec spec, int task) {
    int size = Math.max(1, spec.batchSize());
    return switch (spec.fanOut().shape()) {
      case NONE -> spec.payload();
      case CHUNKS ->
          new ChunkTemplate(
                  spec.payload(),
                  Objects.requireNonNull(spec.fanOut().field()),
                  spec.fanOut().items(),
                  spec.fanOut().total(),
                  spec.batchSize())
              .payloadOf(task);
      case ITEMS, BY -> {
        int end = Math.min(spec.fanOut().items(), (task + 1) * size);
        yield TaskPayload.of(
            spec, task, IntStream.range(task * size, end).mapToObj(Specs::item).toList());
      }
    };
  }
}
