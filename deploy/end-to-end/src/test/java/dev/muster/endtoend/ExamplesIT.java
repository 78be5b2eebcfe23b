package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The job files of {@code examples/}, run on the packaged platform. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesIT {
  private Platform platform;
  private Api api;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    platform = Platform.start(Files.createDirectories(folder.resolve("platform")), Map.of());
    api = platform.api();
  }

  @AfterAll
  void stop() {
    platform.close();
  }

  @Test
  void sweepRanksEveryPoint() throws IOException {
    JsonNode results = run("sweep.json");

    JsonNode aggregate = results.path("aggregate_result");
    assertThat(results.path("task_results")).hasSize(12);
    assertThat(aggregate.path("leaderboard")).hasSize(12);
    JsonNode best = aggregate.path("leaderboard").path(0);
    assertThat(best.path("value").asDouble()).isZero();
    assertThat(best.path("parameters").toString()).isEqualTo("{\"x\":2,\"model\":{\"y\":1}}");
  }

  @Test
  void benchmarkComparesItsStrategiesOnTheSameInputs() throws IOException {
    JsonNode results = run("benchmark.json");

    assertThat(results.path("task_results")).hasSize(16);
    assertThat(results.path("task_results").path(1).path("variant").asText())
        .isEqualTo("insertion");
    JsonNode pair = results.path("aggregate_result").path("comparison").path("pairs").path(0);
    assertThat(pair.path("count").asInt()).isEqualTo(4);
    assertThat(pair.path("better").asText()).as(pair.toString()).isEqualTo("insertion");
  }

  @Test
  void mapReduceReducesEveryMapOnceThroughATree() throws IOException {
    JsonNode results = run("map-reduce.json");

    // 100,000 integers in 50 maps, reduced by 8: 50 + 7 + 1 tasks.
    assertThat(results.path("task_results")).hasSize(58);
    JsonNode reduced = results.path("task_results").path(57).path("result");
    assertThat(reduced.path("count").asLong()).isEqualTo(100_000);
    assertThat(reduced.path("sum").asLong()).isEqualTo(4_999_950_000L);
  }

  @Test
  void builtInReducersAreExact() throws IOException {
    ObjectNode job = (ObjectNode) Platform.JSON.readTree(example("map-reduce.json"));
    job.putObject("reduce").put("builtin", "sum").put("fan_in", 7);
    JsonNode results = results(job.toString());

    JsonNode reduced = results.path("task_results").get(results.path("task_results").size() - 1);
    assertThat(reduced.path("result").toString())
        .isEqualTo("{\"results\":50,\"sum\":{\"count\":100000,\"sum\":4999950000}}");
  }

  @Test
  void mapThatFailsEndsTheJobBeforeItIsReduced() throws IOException {
    ObjectNode job = (ObjectNode) Platform.JSON.readTree(example("map-reduce.json"));
    ((ObjectNode) job.path("map")).putArray("runner_command").add("false");

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("failed");
    assertThat(ended.path("counts").path("failed").asInt()).isEqualTo(50);
    assertThat(ended.path("counts").path("cancelled").asInt()).isEqualTo(8);
  }

  @Test
  void jobThatKnowsEnoughIsStoppedEarly() throws IOException {
    JsonNode job = api.run(example("early-stop.json"));

    assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("completed");
    assertThat(job.path("stopped_early").asBoolean()).as(job.toString()).isTrue();
    int succeeded = job.path("counts").path("succeeded").asInt();
    assertThat(succeeded).isGreaterThanOrEqualTo(30);
    assertThat(job.path("counts").path("cancelled").asInt()).isEqualTo(2_000 - succeeded);
    JsonNode aggregates = job.path("aggregates");
    JsonNode interval = aggregates.path("stopped").path("interval");
    double low = interval.path("low").asDouble();
    double high = interval.path("high").asDouble();
    assertThat(high - low).isPositive().isLessThan(0.02);
    assertThat(aggregates.path("series").path(0).path("count").asInt()).isEqualTo(succeeded);
    String id = job.path("job_id").asText();
    JsonNode verified = api.get("/api/v1/jobs/" + id + "/verify").body();
    assertThat(verified.path("verified").asBoolean()).as(verified.toString()).isTrue();
    assertThat(verified.path("series").asInt()).isEqualTo(1);
  }

  @Test
  void gangMeetsOverTcpAndEveryMemberHasTheSum() throws IOException {
    push("gang");

    JsonNode results = run("gang/job.json");

    assertThat(results.path("task_results"))
        .extracting(task -> task.path("result").path("rank").asInt())
        .containsExactly(0, 1, 2, 3);
    assertThat(results.path("task_results"))
        .allMatch(task -> task.path("result").path("sum").toString().equals("[10,100]"));
    JsonNode job = api.job(results.path("job_id").asText());
    assertThat(job.path("gang").toString())
        .isEqualTo("{\"size\":4,\"gangs\":1,\"worker_each\":false}");
    // Members get their leases together, and start together, so that no event shows some (S0-05).
    List<String> kinds = new ArrayList<>();
    for (JsonNode event :
        api.get("/api/v1/jobs/" + job.path("job_id").asText() + "/events").body().path("data")) {
      String kind = event.path("kind").asText();
      kinds.add(kind);
      if (kind.equals("assigned") || kind.equals("running")) {
        for (String count : List.of("leased", "running", "succeeded")) {
          assertThat(event.path("counts").path(count).asInt()).as(event.toString()).isIn(0, 4);
        }
      }
    }
    assertThat(kinds).contains("assigned", "running");
  }

  @Test
  void federatedTrainingLearnsFromRoundToRound() throws IOException {
    push("federated");

    JsonNode results = run("federated/job.json");

    // Three rounds of four sites and one average.
    assertThat(results.path("task_results")).hasSize(15);
    double first = results.at("/task_results/4/result/metrics/accuracy").asDouble();
    double last = results.at("/task_results/14/result/metrics/accuracy").asDouble();
    assertThat(results.at("/task_results/14/result/samples").asInt()).isEqualTo(640);
    assertThat(first).isGreaterThan(0.5);
    assertThat(last).isGreaterThan(0.8).isGreaterThan(first);
  }

  private void push(String example) {
    Path project = Platform.repository().resolve("examples/" + example + "/project");
    Platform.Output pushed =
        platform.muster(Duration.ofMinutes(2), "push", project.toString(), "--name", example);
    assertThat(pushed.exitCode()).as(pushed.text()).isZero();
  }

  private static String example(String name) throws IOException {
    return Files.readString(Platform.repository().resolve("examples/" + name));
  }

  private JsonNode run(String example) throws IOException {
    return results(example(example));
  }

  private JsonNode results(String submission) {
    JsonNode job = api.run(submission);
    assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("completed");
    String id = job.path("job_id").asText();
    JsonNode verified = api.get("/api/v1/jobs/" + id + "/verify").body();
    assertThat(verified.path("verified").asBoolean()).as(verified.toString()).isTrue();
    return api.get("/api/v1/results/" + id).body();
  }
}
