package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.awaitility.Awaitility;
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
  void resultsLeaveAsASignedPackageAndGoWhenTheirOwnerWantsIt(@TempDir Path download)
      throws Exception {
    ObjectNode train =
        Api.shell(
            "echo hello; echo trouble >&2; printf weights > \"$MUSTER_ARTIFACTS_DIR/model.bin\""
                + " && echo '{\"loss\":0.5}' > \"$MUSTER_TASK_RESULT\"");
    String job = api.run(train.toString()).path("job_id").asText();

    String out = download.resolve("out").toString();
    assertThat(platform.muster(Duration.ofMinutes(2), "download", job, out).exitCode()).isZero();
    assertThat(platform.muster(Duration.ofMinutes(2), "verify", out).exitCode()).isZero();
    Process check =
        new ProcessBuilder("sha256sum", "-c", "output.sha256")
            .directory(download.resolve("out").toFile())
            .start();
    assertThat(check.waitFor()).isZero();
    assertThat(names(download.resolve("out/output.zip")))
        .as("what unzip -l lists")
        .contains(
            job + "/output.json",
            job + "/result.txt",
            job + "/logs/stdout.log",
            job + "/logs/stderr.log",
            job + "/artifacts/model.bin");
    try (ZipFile zip = new ZipFile(download.resolve("out/output.zip").toFile())) {
      assertThat(text(zip, job + "/artifacts/model.bin")).isEqualTo("weights");
      assertThat(text(zip, job + "/result.txt").strip()).isEqualTo("{\"loss\":0.5}");
      assertThat(text(zip, job + "/logs/stdout.log")).isEqualTo("hello\n");
      assertThat(text(zip, job + "/logs/stderr.log")).isEqualTo("trouble\n");
    }
    String link =
        api.post("/api/v1/jobs/" + job + "/shares", "{\"expires\":\"1h\"}")
            .body()
            .path("url")
            .asText();
    assertThat(api.text(link + "/output.sha256", Duration.ofSeconds(20))).contains("output.zip");

    assertThat(api.delete("/api/v1/jobs/" + job).status()).isEqualTo(204);

    assertThat(api.get("/api/v1/jobs/" + job + "/download").status()).isEqualTo(410);
    assertThat(api.get("/api/v1/results/" + job).status()).isEqualTo(410);
    assertThat(api.get(link).status()).isEqualTo(404);
    assertThat(api.job(job).path("status").asText()).isEqualTo("completed");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            api.get("/api/v1/jobs/" + job + "/events")
                .body()
                .toString()
                .contains("results_deleted"));
  }

  private static List<String> names(Path archive) throws Exception {
    Process list = new ProcessBuilder("unzip", "-Z1", archive.toString()).start();
    List<String> names =
        new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(list.waitFor()).isZero();
    return names;
  }

  private static String text(ZipFile zip, String name) throws IOException {
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
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
