package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlanEvent.TasksPlanned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskSplitterTest {
  @Test
  void millionChunksAreOneEvent() {
    JobSpec spec = chunks(1_000_000, IndexRanges.EMPTY);

    List<PlanEvent> events = publish(new PlanFact.AllTasksPlanned(spec));

    assertThat(events).hasSize(1);
    assertThat(((TasksPlanned) events.getFirst()).count()).isEqualTo(1_000_000);
  }

  @Test
  void chunksAreSplitAroundCarriedTasks() {
    JobSpec spec = chunks(10, IndexRanges.parse("0,3-5,9"));

    List<PlanEvent> events = publish(new PlanFact.AllTasksPlanned(spec));

    assertThat(events.stream().map(event -> range((TasksPlanned) event)))
        .containsExactly("1+2", "6+3");
  }

  @Test
  void whatARetryLeavesOutIsNeitherPlannedNorCounted() {
    JobSpec spec = chunks(10, IndexRanges.parse("0-1")).withSkipped(IndexRanges.parse("2,4-6,8-9"));
    PlanFact all = new PlanFact.AllTasksPlanned(spec);

    assertThat(publish(all).stream().map(event -> range((TasksPlanned) event)))
        .containsExactly("3+1", "7+1");
    assertThat(TaskSplitter.plannedBy(all)).isEqualTo(2);
    assertThat(publish(new PlanFact.JobAccepted(spec)))
        .extracting(event -> ((PlanEvent.JobPlanned) event).carried())
        .containsExactly(IndexRanges.parse("0-2,4-6,8-9"));
  }

  @Test
  void carriedSingleTaskIsNotPlanned() {
    JobSpec spec = Specs.spec(FanOut.NONE, 0, IndexRanges.closed(0, 0));

    assertThat(publish(new PlanFact.AllTasksPlanned(spec))).isEmpty();
  }

  @Test
  void listedItemsAreSplitAroundCarriedTasks() {
    JobSpec spec = items(6, 0, IndexRanges.parse("1,4"));
    ItemChunk chunk =
        new ItemChunk(0, 0, List.of("\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"", "\"f\""));

    List<PlanEvent> events = publish(new PlanFact.ChunkPlanned(spec, chunk));

    assertThat(events)
        .extracting(event -> ((TasksPlanned) event).payloads())
        .containsExactly(List.of("\"a\""), List.of("\"c\"", "\"d\""), List.of("\"f\""));
  }

  @Test
  void batchesKeepTheirItemsAndTheLastOneMayBeShort() {
    JobSpec spec = items(5, 2, IndexRanges.closed(0, 0));
    ItemChunk chunk = new ItemChunk(0, 0, List.of("1", "2", "3", "4", "5"));

    List<PlanEvent> events = publish(new PlanFact.ChunkPlanned(spec, chunk));

    TasksPlanned planned = (TasksPlanned) events.getFirst();
    assertThat(range(planned)).isEqualTo("1+2");
    assertThat(planned.payloads().get(0)).contains("\"offset\":2,\"items\":[3,4]");
    assertThat(planned.payloads().get(1)).contains("\"offset\":4,\"items\":[5]");
  }

  @Test
  void largePayloadsAreCutIntoEventsThatFitARecord() {
    JobSpec spec = items(100, 0, IndexRanges.EMPTY);
    String large = "\"" + "x".repeat(10_000) + "\"";
    ItemChunk chunk = new ItemChunk(0, 0, Collections.nCopies(100, large));

    List<PlanEvent> events = publish(new PlanFact.ChunkPlanned(spec, chunk));

    int next = 0;
    for (PlanEvent event : events) {
      TasksPlanned planned = (TasksPlanned) event;
      assertThat(planned.firstIndex()).isEqualTo(next);
      assertThat(planned.payloads().stream().mapToInt(String::length).sum())
          .isLessThanOrEqualTo(TaskSplitter.PAYLOAD_CHARS_MAX);
      next += planned.count();
    }
    assertThat(next).isEqualTo(100);
  }

  @Test
  void gapsLeaveOutWhatIsCarried() {
    assertThat(TaskSplitter.gaps(2, 8, IndexRanges.parse("0-2,5,8-9"))).hasToString("3-4,6-7");
    assertThat(TaskSplitter.gaps(2, 8, IndexRanges.EMPTY)).hasToString("2-8");
    assertThat(TaskSplitter.gaps(2, 8, IndexRanges.closed(0, 20))).hasToString("");
    assertThat(TaskSplitter.gaps(2, 8, IndexRanges.parse("0,20"))).hasToString("2-8");
  }

  private static String range(TasksPlanned planned) {
    return planned.firstIndex() + "+" + planned.count();
  }

  private static JobSpec chunks(int chunks, IndexRanges carried) {
    return Specs.spec(new FanOut(FanOut.Shape.CHUNKS, "n", chunks, chunks * 3L), 0, carried);
  }

  private static JobSpec items(int items, int batchSize, IndexRanges carried) {
    return Specs.spec(new FanOut(FanOut.Shape.ITEMS, null, items, 0), batchSize, carried);
  }

  private static List<PlanEvent> publish(PlanFact fact) {
    List<PlanEvent> events = new ArrayList<>();
    TaskSplitter.publish(Specs.job(1), fact, events::add);
    return events;
  }
}
