package dev.muster.contracts.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.IndexRanges.Range;
import dev.muster.contracts.job.Stages.Stage;
import dev.muster.contracts.task.FederatedPayload;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.TaskPayload;
import java.util.List;
import java.util.Objects;
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

  @Test
  void everyRoundIsAGangOfAllShardsAndOneAverageInThisOrder() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int run = 0; run < 200; run++) {
      int shards = random.nextInt(1, 257);
      JobSpec spec = federated(shards, random.nextInt(1, 40));
      Federated federated = Objects.requireNonNull(spec.federated());
      List<Stage> stages = Stages.of(spec);

      int next = 0;
      for (Stage stage : stages) {
        boolean averages = stage.number() % 2 == 1;
        assertThat(stage.first()).isEqualTo(next);
        assertThat(stage.count()).isEqualTo(averages ? 1 : shards);
        for (int index = stage.first(); index < stage.end(); index++) {
          assertThat(federated.averages(index)).isEqualTo(averages);
          assertThat(federated.roundOf(index)).isEqualTo(stage.number() / 2);
        }
        if (!averages) {
          Gang gang = federated.gangOf(stage.number() / 2);
          assertThat(gang.start(stage.end() - 1)).isEqualTo(stage.first());
          assertThat(gang.size()).isEqualTo(shards);
        }
        next = stage.end();
      }
      assertThat(next).isEqualTo(spec.taskCount());
      assertThat(stages).hasSize(2 * federated.rounds());
    }
  }

  @Test
  void payloadOfAShardIsTheJobsWithItsOwnAndWhereItBegins() throws JsonProcessingException {
    JobSpec spec = federated(2, 3);

    assertThat(TaskPayload.of(spec, 1, List.of()))
        .isEqualTo(
            "{\"k\":1,\"data\":1,\"_federated\":{\"round\":1,\"rounds\":3,\"shards\":2,\"shard\":1,"
                + "\"training\":{\"local_epochs\": 1.0},\"files\":[]}}");
    JsonNode second = new ObjectMapper().readTree(TaskPayload.of(spec, 4, List.of()));
    assertThat(second.at("/_federated/files").toString())
        .isEqualTo(
            "[{\"task_index\":2,\"name\":\"checkpoint.pt\",\"as\":\"_federated/begin.pt\"}]");
  }

  @Test
  void payloadOfAnAverageNamesTheUpdatesOfItsRoundAndTheLogSoFar() throws JsonProcessingException {
    JsonNode average =
        new ObjectMapper()
            .readTree(TaskPayload.of(federated(2, 3), 5, List.of()))
            .path("_federated");

    assertThat(average.has("shard")).isFalse();
    assertThat(average.path("inputs").toString())
        .isEqualTo("{\"path\":\"inputs.jsonl\",\"first\":3,\"count\":2}");
    assertThat(average.path("files").findValuesAsText("task_index"))
        .containsExactly("3", "4", "2", "2");
    assertThat(average.path("files").findValuesAsText("as"))
        .containsExactly(
            "_federated/0.pt",
            "_federated/1.pt",
            "_federated/training_log.txt",
            "_federated/metrics.jsonl");
  }

  @Test
  void onlyTheLastAverageWritesAtTheTopOfTheFolder() {
    Federated federated = Objects.requireNonNull(federated(2, 2).federated());

    assertThat(FederatedPayload.place(federated, 5, "model_out/checkpoint.pt"))
        .isEqualTo("model_out/checkpoint.pt");
    assertThat(FederatedPayload.place(federated, 2, "files_out/training_log.txt"))
        .isEqualTo("files_out/round-1/training_log.txt");
    assertThat(FederatedPayload.place(federated, 4, "files_out/a/b"))
        .isEqualTo("files_out/round-2/shard-1/a/b");
  }

  private static JobSpec federated(int shards, int rounds) {
    Federated federated =
        new Federated(
            IntStream.range(0, shards).mapToObj(i -> "{\"data\":" + i + "}").toList(),
            rounds,
            "{\"local_epochs\": 1.0}",
            null,
            false);
    return spec("federated", FanOut.NONE, federated.taskCount(), "{\"k\":1}")
        .withDesign(new Design(federated));
  }

  private static JobSpec mapReduce(int maps, int fanIn) {
    return spec(
            "map_reduce",
            new FanOut(FanOut.Shape.CHUNKS, "n", maps, maps),
            Stages.reducing(maps, fanIn).getLast().end(),
            "{}")
        .withDesign(
            new Design(
                null,
                null,
                null,
                new Reduce(null, List.of("reduce"), "{\"k\":1}", null, 60, fanIn)));
  }

  private static JobSpec spec(String type, FanOut fanOut, int tasks, String payload) {
    return new JobSpec(
        "acme",
        "default",
        type,
        null,
        null,
        List.of(),
        null,
        null,
        List.of("map"),
        payload,
        fanOut,
        0,
        tasks,
        ResourceRequest.DEFAULT,
        RetryPolicy.DEFAULT,
        60,
        0,
        null,
        IndexRanges.EMPTY);
  }
}
