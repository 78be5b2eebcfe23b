package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.gateway.shell.artifact.ArtifactSweeper;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.submission.RetrySpec;
import dev.muster.kit.AttemptRight;
import dev.muster.kit.Database;
import dev.muster.kit.Json;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What attempts leave, and which of it its owner ever sees. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class WorkerArtifactIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Pool aggregator;

  @Inject Secrets secrets;
  @Inject ArtifactSweeper sweeper;
  @Inject Database database;
  private Client client;
  private JobId job;

  @BeforeAll
  static void connectAsAggregator() {
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    aggregator =
        PgBuilder.pool()
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .build();
  }

  @AfterAll
  static void close() {
    aggregator.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void submit() throws Exception {
    client = Client.withFirstKey();
    HttpResponse<String> answer = client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}");
    job = JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
  }

  @Test
  void fileOfAnAttemptIsSeenOnceItsSuccessIsRecorded() throws Exception {
    assertThat(put(right(1, 1), "out/model.bin", "weights").statusCode()).isEqualTo(200);
    assertThat(listed()).isEmpty();

    task("SUCCEEDED", 1, 1);

    JsonNode artifact = listed().getFirst();
    assertThat(artifact.get("filename").asText()).isEqualTo("out/model.bin");
    assertThat(artifact.get("job_id").asText()).isEqualTo(job.external());
    assertThat(artifact.get("task_index").asInt()).isZero();
    assertThat(client.get(artifact.get("download_url").asText()).body()).isEqualTo("weights");
    sweeper.sweep();
    assertThat(listed()).hasSize(1);
    assertThat(
            JSON.readTree(client.get("/api/v1/results/" + job.external()).body())
                .at("/task_results/0/artifact_ids/0"))
        .isEqualTo(artifact.get("artifact_id"));
  }

  @Test
  void fileOfAFencedAttemptIsNeverSeenAndCollected() throws Exception {
    assertThat(put(right(1, 1), "a", "of the first").statusCode()).isEqualTo(200);
    assertThat(put(right(2, 2), "a", "of the second").statusCode()).isEqualTo(200);

    task("SUCCEEDED", 2, 2);
    HttpResponse<String> late = put(right(1, 1), "b", "late");

    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(JSON.readTree(late.body()).get("code").asText()).isEqualTo("attempt-not-current");
    assertThat(listed()).hasSize(1);
    assertThat(client.get(listed().getFirst().get("download_url").asText()).body())
        .isEqualTo("of the second");
    sweeper.sweep();
    assertThat(rows()).isOne();
  }

  @Test
  void fileOfAFailedTaskIsNobodys() throws Exception {
    put(right(1, 1), "a", "of a failure");

    task("FAILED", 1, 1);
    sweeper.sweep();

    assertThat(listed()).isEmpty();
    assertThat(rows()).isZero();
    assertThat(put(right(1, 1), "b", "after the end").statusCode()).isEqualTo(409);
  }

  @Test
  void sameFileAgainIsTheSameAndOtherBytesAreRefused() throws Exception {
    String first = put(right(1, 1), "a", "once").body();

    assertThat(put(right(1, 1), "a", "once").body()).isEqualTo(first);
    HttpResponse<String> other = put(right(1, 1), "a", "twice");
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(JSON.readTree(other.body()).get("code").asText()).isEqualTo("name-taken");
    assertThat(rows()).isOne();
  }

  @Test
  void rightOpensOneAttemptAndNothingElse() throws Exception {
    String over =
        new AttemptRight(new AttemptRef(job, 0, 1, 1), Instant.now().minusSeconds(1))
            .signed(secrets.jobKey(job));
    String forged =
        new AttemptRight(new AttemptRef(job, 0, 1, 1), Instant.now().plusSeconds(60))
            .signed("0".repeat(64));

    for (String right : List.of(over, forged, "", right(1, 1).replace(".0.1.1.", ".1.1.1."))) {
      assertThat(put(right, "a", "x").statusCode()).as(right).isEqualTo(401);
    }
    assertThat(put(client.key(), "a", "x").statusCode()).isEqualTo(401);
    assertThat(Client.send(worker(right(1, 1), "/api/v1/artifacts").GET().build()).statusCode())
        .isEqualTo(401);
    assertThat(put(right(1, 1), "../x", "x").statusCode()).isEqualTo(422);
  }

  @Test
  void attemptHasArtifactsOfItsTenantByNameAndById() throws Exception {
    put(right(1, 1), "model.bin", "weights");
    task("SUCCEEDED", 1, 1);
    JobId producer = job;
    submit();
    String id =
        JSON.readTree(client.get("/api/v1/artifacts?job=" + producer.external()).body())
            .at("/data/0/artifact_id")
            .asText();

    for (String query : List.of("?job=" + producer.external() + "&name=model.bin", "?id=" + id)) {
      HttpResponse<String> got =
          Client.send(worker(right(1, 1), "/worker/v1/artifacts" + query).GET().build());
      assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
      assertThat(got.body()).isEqualTo("weights");
      assertThat(got.headers().firstValue("X-Artifact-Sha256").orElseThrow()).hasSize(64);
    }
    assertThat(
            Client.send(worker(right(1, 1), "/worker/v1/artifacts?name=none").GET().build())
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void artifactsOfTheOwnJobNeedNoId() throws Exception {
    put(right(1, 1), "model.bin", "weights");
    task("SUCCEEDED", 1, 1);
    String own = "/worker/v1/artifacts?job=own&name=model.bin&task=";

    HttpResponse<String> got = Client.send(worker(right(2, 2), own + "0").GET().build());
    assertThat(got.body()).isEqualTo("weights");
    assertThat(Client.send(worker(right(2, 2), own + "1").GET().build()).statusCode())
        .isEqualTo(404);

    submit();
    assertThat(Client.send(worker(right(1, 1), own + "0").GET().build()).statusCode())
        .as("that of another job")
        .isEqualTo(404);
  }

  @Test
  void whatARetryHasTakenOverLiesInTheJobThatItRepeats() throws Exception {
    put(right(1, 1), "model.bin", "weights");
    task("SUCCEEDED", 1, 1);
    JobId first = job;
    IndexRanges done = IndexRanges.closed(0, 0);
    submit();
    spec(job, RetrySpec.of(spec(job), first, done, null));
    JobId second = job;
    submit();
    spec(job, RetrySpec.of(spec(job), second, done, null));
    String own = "/worker/v1/artifacts?job=own&name=model.bin&task=";

    assertThat(Client.send(worker(right(1, 1), own + "0").GET().build()).body())
        .isEqualTo("weights");
    assertThat(Client.send(worker(right(1, 1), own + "1").GET().build()).statusCode())
        .isEqualTo(404);
  }

  private JobSpec spec(JobId of) {
    return database.transaction(tx -> {
      for (Row row :
          tx.query("SELECT spec FROM gateway.submission WHERE job_id = $1", of.value())) {
        return Json.read(row.getString("spec"), JobSpec.class);
      }
      throw new AssertionError("no submission of " + of);
    });
  }

  private void spec(JobId of, JobSpec spec) {
    int changed =
        database.transaction(tx ->
            tx.update(
                "UPDATE gateway.submission SET spec = $2 WHERE job_id = $1",
                of.value(),
                Json.text(spec)));
    assertThat(changed).isOne();
  }

  @Test
  void attemptHasTheResultsOfItsOwnJobInOrderPageByPage() throws Exception {
    String large = "\"" + "x".repeat(1_000_000) + "\"";
    List<String> values = List.of(large, large, large, "{\n \"n\": 1.0}", "5");
    for (int index = 0; index < values.size(); index++) {
      result(index + 1, values.get(index));
    }
    List<JsonNode> lines = new ArrayList<>();
    int pages = 0;
    while (lines.size() < values.size()) {
      HttpResponse<String> page = results(right(1, 1), lines.size() + 1, 5);
      assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
      assertThat(page.headers().firstValue("X-Artifact-Sha256").orElseThrow()).hasSize(64);
      for (String line : page.body().lines().toList()) {
        lines.add(JSON.readTree(line));
      }
      pages++;
    }

    assertThat(pages).isGreaterThan(1);
    assertThat(lines).extracting(line -> line.get("index").asInt()).containsExactly(1, 2, 3, 4, 5);
    for (int index = 0; index < values.size(); index++) {
      assertThat(lines.get(index).get("result")).isEqualTo(JSON.readTree(values.get(index)));
    }
    assertThat(results(right(1, 1), 6, 9).statusCode()).isEqualTo(404);
  }

  @Test
  void resultsAreForTheCurrentAttemptOfTheirJobAlone() throws Exception {
    result(1, "1");
    String own = right(1, 1);
    submit();
    String stranger = right(1, 1);

    assertThat(results(own, 1, 1).statusCode()).isEqualTo(200);
    assertThat(results(stranger, 1, 1).statusCode()).isEqualTo(404);
    assertThat(results("", 1, 1).statusCode()).isEqualTo(401);
    assertThat(results(client.key(), 1, 1).statusCode()).isEqualTo(401);
    task("RUNNING", 2, 2);
    assertThat(results(stranger, 1, 1).statusCode()).isEqualTo(409);
  }

  private HttpResponse<String> results(String right, int first, int last) {
    return Client.send(
        worker(right, "/worker/v1/results?first=" + first + "&last=" + last).GET().build());
  }

  private void result(int index, String value) {
    aggregator
        .preparedQuery(
            "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, result)"
                + " VALUES ($1, $2, 'SUCCEEDED', 1, 1, $3)")
        .execute(Tuple.of(job.value(), index, value))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private String right(int attempt, long epoch) {
    return new AttemptRight(new AttemptRef(job, 0, attempt, epoch), Instant.now().plusSeconds(60))
        .signed(secrets.jobKey(job));
  }

  private HttpResponse<String> put(String right, String name, String text) {
    return Client.send(
        worker(
                right,
                "/worker/v1/artifacts?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofString(text))
            .build());
  }

  private HttpRequest.Builder worker(String right, String path) {
    return client.request(path).setHeader("Authorization", "Attempt " + right);
  }

  private List<JsonNode> listed() throws Exception {
    List<JsonNode> data = new ArrayList<>();
    JSON.readTree(client.get("/api/v1/artifacts?job=" + job.external()).body())
        .get("data")
        .forEach(data::add);
    return data;
  }

  private void task(String state, int attempt, long epoch) {
    aggregator
        .preparedQuery(
            "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch)"
                + " VALUES ($1, 0, $2, $3, $4)")
        .execute(Tuple.of(job.value(), state, attempt, epoch))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private long rows() {
    return database.transaction(tx ->
        tx.query("SELECT count(*) FROM gateway.artifact WHERE job_id = $1", job.value())
            .iterator()
            .next()
            .getLong(0));
  }
}
