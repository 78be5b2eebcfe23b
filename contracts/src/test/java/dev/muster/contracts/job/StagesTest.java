package dev.muster.contracts.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.IndexRanges.Range;
import dev.muster.contracts.job.Stages.Stage;
import dev.muster.contracts.task.TaskPayload;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StagesTest {
  private static final long SEED = 20261122;

  @Test
  void stagesHoldEveryTaskOnceAndEndInOne() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int run = 0; run < 500; run++) {
      JobSpec spec = mapReduce(random.nextInt(1, 5_000), random.nextInt(2, 60));
      List<Stage> stages = Stages.of(spec);

      int next = 0;
      for (Stage stage : stages) {
        assertThat(stage.first()).isEqualTo(next);
        next = stage.end();
      }
      assertThat(next).isEqualTo(spec.taskCount());
      assertThat(stages.getLast().count()).isOne();
    }
  }

  @Test
  void reduceTasksReadEveryResultOfTheStageBelowOnceInEvenParts() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int run = 0; run < 100; run++) {
      int fanIn = random.nextInt(2, 60);
      JobSpec spec = mapReduce(random.nextInt(1, 1_000), fanIn);
      List<Stage> stages = Stages.of(spec);
      for (Stage stage : stages.subList(1, stages.size())) {
        Stage below = stages.get(stage.number() - 1);
        int next = below.first();
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int index = stage.first(); index < stage.end(); index++) {
          Range inputs = Stages.inputsOf(spec, index);
          assertThat(inputs.first()).isEqualTo(next);
          next = inputs.last() + 1;
          least = Math.min(least, inputs.last() - inputs.first() + 1);
          most = Math.max(most, inputs.last() - inputs.first() + 1);
        }
        assertThat(next).isEqualTo(below.end());
        assertThat(most).isLessThanOrEqualTo(fanIn);
        assertThat(most - least).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void wideMapsMakeATree() {
    assertThat(Stages.reducing(980_100, 99))
        .extracting(Stage::count)
        .containsExactly(980_100, 9_900, 100, 2, 1);
  }

  @Test
  void retryTakesNothingOverThatDependsOnWhatRunsAgain() {
    JobSpec spec = mapReduce(10, 4); // 10 maps, 3 reduces, 1 reduce
    IndexRanges all = IndexRanges.closed(0, 13);

    assertThat(Stages.carriable(spec, all)).isEqualTo(all);
    assertThat(Stages.carriable(spec, IndexRanges.parse("0-4,6-13")))
        .isEqualTo(IndexRanges.parse("0-4,6-9"));
    assertThat(Stages.carriable(spec, IndexRanges.parse("0-10,12-13")))
        .isEqualTo(IndexRanges.parse("0-10,12"));
    assertThat(Stages.carriable(spec, IndexRanges.parse("0-12")))
        .isEqualTo(IndexRanges.parse("0-12"));
  }

  @Test
  void payloadOfAReduceTaskNamesItsInputs() throws JsonProcessingException {
    JobSpec spec = mapReduce(10, 4);

    JsonNode reduce =
        new ObjectMapper().readTree(TaskPayload.of(spec, 11, List.of())).path("_reduce");

    assertThat(reduce.path("level").asInt()).isOne();
    assertThat(reduce.path("levels").asInt()).isEqualTo(2);
    assertThat(reduce.path("index").asInt()).isOne();
    assertThat(reduce.path("of").asInt()).isEqualTo(3);
    assertThat(reduce.path("inputs").toString())
        .isEqualTo("{\"path\":\"inputs.jsonl\",\"first\":3,\"count\":3}");
    assertThat(IntStream.range(0, 14).filter(index -> TaskPayload.isReduce(spec, index)).min())
        .hasValue(10);
  }

  private static JobSpec mapReduce(int maps, int fanIn) {
    return new JobSpec(
            "acme",
            "default",
            "map_reduce",
            null,
            null,
            List.of(),
            null,
            null,
            List.of("map"),
            "{}",
            new FanOut(FanOut.Shape.CHUNKS, "n", maps, maps),
            0,
            Stages.reducing(maps, fanIn).getLast().end(),
            ResourceRequest.DEFAULT,
            RetryPolicy.DEFAULT,
            60,
            0,
            null,
            IndexRanges.EMPTY)
        .withDesign(
            new Design(
                null,
                null,
                null,
                new Reduce(null, List.of("reduce"), "{\"k\":1}", null, 60, fanIn)));
  }
}
