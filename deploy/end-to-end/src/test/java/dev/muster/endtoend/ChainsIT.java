package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that wait for each other, on the packaged platform. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChainsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String DONE = "echo '{}' > \"$MUSTER_TASK_RESULT\"";

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
  void jobsOfAChainRunOneAfterTheOther() {
    ObjectNode first = Api.shell("sleep 1; " + DONE);
    first.put("client_ref", "first");
    ObjectNode second = Api.shell(DONE);
    second.put("client_ref", "second").putArray("depends_on").addObject().put("index", 0);
    ObjectNode third = Api.shell(DONE);
    third.putArray("depends_on").addObject().put("client_ref", "first");
    third.withArray("depends_on").addObject().put("client_ref", "second");

    List<String> jobs = batch(first, second, third);
    List<JsonNode> ended = jobs.stream().map(job -> api.awaitEnd(job, PATIENCE)).toList();

    for (JsonNode job : ended) {
      assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("completed");
      assertThat(job.path("blocked_on").isNull()).isTrue();
    }
    for (int i = 0; i < 2; i++) {
      assertThat(Instant.parse(ended.get(i + 1).path("started_at").asText()))
          .isAfterOrEqualTo(Instant.parse(ended.get(i).path("ended_at").asText()));
    }
  }

  @Test
  void failureGoesDownTheChainAndNamesTheParent() {
    ObjectNode second = Api.shell(DONE);
    second.putArray("depends_on").addObject().put("index", 0);
    ObjectNode third = Api.shell(DONE);
    third.putArray("depends_on").addObject().put("index", 1);

    List<String> jobs = batch(Api.shell("exit 3"), second, third);

    for (int i = 1; i < 3; i++) {
      JsonNode job = api.awaitEnd(jobs.get(i), PATIENCE);
      assertThat(job.path("status").asText()).as(job.toString()).isEqualTo("failed");
      assertThat(job.path("error_code").asText()).isEqualTo("dependency_failed");
      assertThat(job.path("error").asText()).contains(jobs.get(i - 1));
      assertThat(job.path("started_at").isNull()).isTrue();
    }
  }

  @Test
  void waitingJobShowsWhatItWaitsForAndCanBeCancelled() {
    ObjectNode child = Api.shell(DONE);
    child.putArray("depends_on").addObject().put("index", 0);
    List<String> jobs = batch(Api.shell("sleep 600"), child);
    await()
        .atMost(PATIENCE)
        .until(() -> api.job(jobs.get(1)).path("canonical_state").asText().equals("BLOCKED"));

    JsonNode waiting = api.job(jobs.get(1));
    assertThat(waiting.path("status").asText()).isEqualTo("queued");
    assertThat(waiting.path("blocked_on").path(0).asText()).isEqualTo(jobs.getFirst());
    JsonNode why = api.get("/api/v1/jobs/" + jobs.get(1) + "/explain").body();
    assertThat(why.path("reason").asText()).isEqualTo("blocked");
    assertThat(why.path("detail").asText()).contains(jobs.getFirst());

    api.put("/api/v1/jobs/" + jobs.get(1) + "/cancel", "{}");
    assertThat(api.awaitEnd(jobs.get(1), PATIENCE).path("status").asText()).isEqualTo("cancelled");
    assertThat(api.job(jobs.getFirst()).path("ended_at").isNull()).isTrue();

    api.put("/api/v1/jobs/" + jobs.getFirst() + "/cancel", "{}");
    assertThat(api.awaitEnd(jobs.getFirst(), PATIENCE).path("status").asText())
        .isEqualTo("cancelled");
  }

  private List<String> batch(ObjectNode... jobs) {
    ObjectNode batch = Platform.JSON.createObjectNode();
    batch.putArray("jobs").addAll(List.of(jobs));
    JsonNode answer = api.post("/api/v1/jobs/batch", batch.toString()).body();
    assertThat(answer.path("accepted").asInt()).as(answer.toString()).isEqualTo(jobs.length);
    return answer.path("jobs").findValuesAsText("job_id");
  }
}
