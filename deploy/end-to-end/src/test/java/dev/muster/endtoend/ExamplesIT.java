package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private JsonNode run(String example) throws IOException {
    JsonNode job = api.run(Files.readString(Platform.repository().resolve("examples/" + example)));
    assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("completed");
    return api.get("/api/v1/results/" + job.path("job_id").asText()).body();
  }
}
