package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Files that jobs leave and use, through the packaged platform. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArtifactsIT {
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
  void whatOneJobLeavesReachesItsOwnerAndTheNextJob() {
    ObjectNode train =
        Api.shell(
            "mkdir \"$MUSTER_ARTIFACTS_DIR/out\" && printf weights > \"$COMPUTALOT_ARTIFACTS_DIR/out/model.bin\""
                + " && ln -s /etc/hostname \"$MUSTER_ARTIFACTS_DIR/link\""
                + " && echo '{}' > \"$MUSTER_TASK_RESULT\"");
    JsonNode trained = api.run(train.toString());
    String producer = trained.path("job_id").asText();
    assertThat(trained.path("status").asText()).as(trained.toString()).isEqualTo("completed");

    JsonNode listed = api.get("/api/v1/artifacts?job=" + producer).body().path("data");
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("filename").asText()).isEqualTo("out/model.bin");
    assertThat(listed.path(0).path("size_bytes").asLong()).isEqualTo(7);
    assertThat(api.text(listed.path(0).path("download_url").asText(), Duration.ofSeconds(10)))
        .startsWith("weights");

    ObjectNode use =
        Api.shell(
            "test \"$(cat in/model.bin)\" = weights && test -f \"$MUSTER_TASK_PAYLOAD\""
                + " && echo '{\"ok\":1}' > \"$MUSTER_TASK_RESULT\"");
    use.putObject("payload")
        .putObject("_artifacts")
        .putArray("download")
        .addObject()
        .put("job_id", producer)
        .put("name", "out/model.bin")
        .put("as", "in/model.bin");
    assertThat(api.run(use.toString()).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void taskThatFailsLeavesNothingAndAskingForNothingFailsAtOnce() {
    ObjectNode fails =
        Api.shell(
            "echo lost > \"$MUSTER_ARTIFACTS_DIR/lost.txt\"; echo '{}' > \"$MUSTER_TASK_RESULT\"; exit 3");
    JsonNode failed = api.run(fails.toString());
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(
            api.get("/api/v1/artifacts?job=" + failed.path("job_id").asText()).body().path("data"))
        .isEmpty();

    ObjectNode asks = Api.shell("echo '{}' > \"$MUSTER_TASK_RESULT\"");
    asks.putObject("payload")
        .putObject("_artifacts")
        .putArray("download")
        .addObject()
        .put("job_id", failed.path("job_id").asText())
        .put("name", "lost.txt");
    JsonNode refused = api.run(asks.toString());
    assertThat(refused.path("status").asText()).isEqualTo("failed");
    JsonNode task = api.tasks(refused.path("job_id").asText()).getFirst();
    assertThat(task.path("error_code").asText()).isEqualTo("input_invalid");
    assertThat(task.path("attempt").asInt()).isOne();
  }
}
