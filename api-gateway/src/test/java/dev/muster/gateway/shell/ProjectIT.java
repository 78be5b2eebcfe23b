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
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void manifestNamesTheCommandOfJobsThatNameNone() throws Exception {
    create("manifested");
    byte[] archive =
        archive(
            Map.of(
                "computalot.project.json",
                """
                {"version":1,"runtime":{"kind":"oci","workdir":"src","sandbox":"gvisor",
                  "init":{"commands":["make"]}},"entrypoint":{"command":["python3","train.py"]},
                 "build":{"dockerfile":"Dockerfile"},"validation":{"files":["src/train.py"]}}
                """,
                "src/train.py",
                "print(1)"));
    HttpResponse<String> pushed = push("manifested", archive);
    assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(201);

    HttpResponse<String> answer = client.post("/api/v1/jobs", "{\"project\":\"manifested\"}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JobId job = JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
    assertThat(spec(job).get("runner_command").toString()).isEqualTo("[\"python3\",\"train.py\"]");
    assertThat(spec(job).at("/files/project/sha256").asText())
        .isEqualTo(status("manifested").get("revision").asText());
    JsonNode batch =
        JSON.readTree(
            client
                .post(
                    "/api/v1/jobs/batch",
                    "{\"jobs\":[{\"project\":\"manifested\"},{\"project\":\"none-such\"}]}")
                .body());
    assertThat(batch.at("/accepted").asInt()).isOne();
    assertThat(batch.at("/jobs/1/error/errors/0/pointer").asText())
        .isEqualTo("/jobs/1/runner_command");
    JsonNode details = details("manifested");
    assertThat(details.at("/manifest/workdir").asText()).isEqualTo("src");
    assertThat(details.at("/manifest/not_used").toString())
        .isEqualTo("[\"/build\",\"/runtime/kind\",\"/runtime/sandbox\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | ''",
        "[] | /manifest",
        "{} | /manifest/version",
        "{\"version\":2} | /manifest/version",
        "{\"version\":1,\"runtime\":{\"workdir\":\"../x\"}} | /manifest/runtime/workdir",
        "{\"version\":1,\"runtime\":{\"services\":[{}]}} | /manifest/runtime/services",
        "{\"version\":1,\"entrypoint\":{\"command\":\"x\"}} | /manifest/entrypoint/command",
        "{\"version\":1,\"validation\":{\"files\":[\"x\"]}} | /manifest/validation/files/0",
      })
  void manifestThatIsWrongIsRefusedAndNamesTheField(String manifest, String pointer)
      throws Exception {
    create("wrong-manifest");

    HttpResponse<String> answer =
        push("wrong-manifest", archive("computalot.project.json", manifest));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(JSON.readTree(answer.body()).at("/errors/0/pointer").asText()).isEqualTo(pointer);
    assertThat(status("wrong-manifest").get("revision").isNull()).isTrue();
  }

  @Test
  void workersThatHaveARevisionAreToldByTheirAlias() throws Exception {
    create("seen");
    push("seen", archive("a", "seen 1"));
    String revision = status("seen").get("revision").asText();
    JobId job = submit("seen");
    String right =
        new AttemptRight(new AttemptRef(job, 0, 1, 1), Instant.now().plusSeconds(60))
            .signed(secrets.jobKey(job));
    for (int i = 0; i < 2; i++) {
      Client.sendForBytes(
          client
              .request("/worker/v1/projects/" + revision)
              .setHeader("Authorization", "Attempt " + right)
              .GET()
              .build());
    }
    try (AggregatorRows rows = new AggregatorRows()) {
      rows.task(job, 0, "RUNNING", null, null);
    }
    push("seen", archive("a", "seen 2"));

    JsonNode details = details("seen");

    assertThat(details.get("nodes")).hasSize(1);
    assertThat(details.at("/nodes/0/node").asText()).matches("w-[0-9a-f]{8}");
    assertThat(details.at("/nodes/0/revision").asText()).isEqualTo(revision);
    assertThat(details.at("/nodes/0/current").asBoolean()).isFalse();
    assertThat(details.get("revisions")).hasSize(2);
    assertThat(details.at("/revisions/0/current").asBoolean()).isTrue();
  }

  @Test
  void initIsAJobThatDoesNothingInTheNewestRevision() throws Exception {
    create("prepared");
    assertThat(client.post("/api/v1/projects/prepared/init", "").statusCode()).isEqualTo(409);
    push("prepared", archive("a", "prepared"));

    HttpResponse<String> answer = client.post("/api/v1/projects/prepared/init", "");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JobId job = JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
    assertThat(spec(job).at("/files/project/sha256").asText())
        .isEqualTo(status("prepared").get("revision").asText());
  }

  @Test
  void whatAJobStillRunsIsNotDeletedAndTheRestIsWithItsBytes() throws Exception {
    create("going");
    push("going", archive("a", "going 1"));
    String old = status("going").get("revision").asText();
    JobId job = submit("going");
    push("going", archive("a", "going 2"));
    String newest = status("going").get("revision").asText();
    String revisions = "/api/v1/projects/going/revisions/";

    assertThat(client.delete(revisions + newest).statusCode()).isEqualTo(409);
    assertThat(client.delete(revisions + old).statusCode()).isEqualTo(409);
    assertThat(client.delete("/api/v1/projects/going").statusCode()).isEqualTo(409);
    try (EndedJobs jobs = new EndedJobs(client)) {
      jobs.ended(job, "COMPLETED", 1, 1, Instant.now());
    }
    assertThat(client.delete(revisions + old).statusCode()).isEqualTo(204);
    assertThat(client.delete(revisions + old).statusCode()).isEqualTo(404);
    assertThat(holders("going")).isEqualTo(1);
    assertThat(client.delete("/api/v1/projects/going").statusCode()).isEqualTo(204);

    assertThat(client.get("/api/v1/projects/going/status").statusCode()).isEqualTo(404);
    assertThat(holders("going")).isZero();
    assertThat(create("going").statusCode()).isEqualTo(201);
  }

  private int holders(String name) {
    return database.transaction(tx ->
        tx.query(
                "SELECT FROM gateway.blob_ref WHERE owner LIKE $1",
                "project/default/" + name + "/%")
            .size());
  }

  private JsonNode details(String name) throws Exception {
    return JSON.readTree(client.get("/api/v1/projects/" + name + "/status/details").body());
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
    return archive(Map.of(name, text));
  }

  private static byte[] archive(Map<String, String> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
