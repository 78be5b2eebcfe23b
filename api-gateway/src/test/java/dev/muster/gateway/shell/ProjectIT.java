package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.AttemptRight;
import dev.muster.kit.Database;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Projects: pushed as archives, pinned by jobs. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class ProjectIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Inject Secrets secrets;
  @Inject Database database;
  private Client client;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  @Test
  void pushedArchiveIsTheRevisionThatJobsRun() throws Exception {
    assertThat(create("train").statusCode()).isEqualTo(201);
    assertThat(status("train").get("can_accept_new_jobs").asBoolean()).isFalse();
    byte[] first = archive("train.py", "print(1)");
    HttpResponse<String> pushed = push("train", first);
    assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(201);
    String revision = status("train").get("revision").asText();
    assertThat(status("train").get("ready_for_jobs").asBoolean()).isTrue();
    assertThat(status("train").get("files").asInt()).isOne();

    JobId job = submit("train");
    push("train", archive("train.py", "print(2)"));

    assertThat(status("train").get("revision").asText()).isNotEqualTo(revision);
    assertThat(spec(job).at("/files/project/sha256").asText()).isEqualTo(revision);
    assertThat(spec(job).at("/files/key").isMissingNode()).isTrue();
    String right =
        new AttemptRight(new AttemptRef(job, 0, 1, 1), Instant.now().plusSeconds(60))
            .signed(secrets.jobKey(job));
    HttpResponse<byte[]> fetched =
        Client.sendForBytes(
            client
                .request("/worker/v1/projects/" + revision)
                .setHeader("Authorization", "Attempt " + right)
                .GET()
                .build());
    assertThat(fetched.body()).isEqualTo(first);
    assertThat(client.get("/worker/v1/projects/" + revision).statusCode()).isEqualTo(401);
  }

  @Test
  void hostileArchiveIsRefusedAndIsNoRevision() throws Exception {
    create("hostile");

    for (byte[] archive :
        new byte[][] {archive("../x", "x"), "hello".getBytes(StandardCharsets.UTF_8)}) {
      HttpResponse<String> answer = push("hostile", archive);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
      assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo("archive");
    }
    assertThat(status("hostile").get("revision").isNull()).isTrue();
  }

  @Test
  void nameThatIsNoProjectIsALabel() throws Exception {
    JobId job = submit("just-a-label");

    assertThat(spec(job).path("files").isMissingNode()).isTrue();
    assertThat(spec(job).path("project").asText()).isEqualTo("just-a-label");
  }

  @Test
  void takenWrongAndUnknownNamesAreRefused() {
    create("taken");

    assertThat(create("taken").statusCode()).isEqualTo(409);
    assertThat(create("../x").statusCode()).isEqualTo(422);
    assertThat(client.post("/api/v1/projects", "{}").statusCode()).isEqualTo(422);
    assertThat(client.get("/api/v1/projects/unknown/status").statusCode()).isEqualTo(404);
    assertThat(push("unknown", archive("a", "b")).statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/projects").body()).contains("\"taken\"");
  }

  private HttpResponse<String> create(String name) {
    return client.post("/api/v1/projects", "{\"name\":\"" + name + "\",\"remote_dir\":\"src\"}");
  }

  private HttpResponse<String> push(String name, byte[] archive) {
    return Client.send(
        client
            .request("/api/v1/projects/" + name + "/push")
            .header("Content-Type", "application/gzip")
            .POST(BodyPublishers.ofByteArray(archive))
            .build());
  }

  private JsonNode status(String name) throws Exception {
    return JSON.readTree(client.get("/api/v1/projects/" + name + "/status").body());
  }

  private JobId submit(String project) throws Exception {
    HttpResponse<String> answer =
        client.post(
            "/api/v1/jobs", "{\"runner_command\":[\"true\"],\"project\":\"" + project + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
  }

  private JsonNode spec(JobId job) throws Exception {
    String spec =
        database.transaction(tx ->
            tx.query("SELECT spec FROM gateway.submission WHERE job_id = $1", job.value())
                .iterator()
                .next()
                .getString(0));
    return JSON.readTree(spec);
  }

  private static byte[] archive(String name, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
