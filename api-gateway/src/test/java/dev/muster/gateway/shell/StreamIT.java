package dev.muster.gateway.shell;

import static dev.muster.gateway.shell.AggregatorRows.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Tuple;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Views and streams over rows and records as the aggregator writes them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
@Timeout(300)
class StreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static AggregatorRows rows;
  private Client client;
  private JobId job;

  @BeforeAll
  static void connectAsAggregator() {
    rows = new AggregatorRows();
  }

  @AfterAll
  static void close() {
    rows.close();
  }

  @BeforeEach
  void submit() throws Exception {
    client = Client.withFirstKey();
    job =
        client.submit(
            ",\"payload\":{\n\"a\":1},\"fan_out\":{\"chunks\":2,\"total\":4,\"range_field\":\"n\"}");
  }

  @Test
  void streamIsGapFreeFromSnapshotToEnd() throws Exception {
    rows.event(job, 1, JobEvent.Kind.SUBMITTED, counts(0, 0, 0, 0), false);
    try (SseReader reader = reader("")) {
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "1", "PLANNING"));

      rows.event(job, 2, JobEvent.Kind.QUEUED, counts(0, 0, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "2", "QUEUED"));

      rows.taskLeased(job);
      SseReader.Frame task = reader.next();
      assertThat(task.name()).isEqualTo("task");
      assertThat(reader.data().get("worker").asText()).matches("w-[0-9a-f]{8}");

      rows.outputWritten(job, 0, "hello\n");
      assertThat(reader.next().name()).isEqualTo("log");
      assertThat(reader.data().get("text").asText()).isEqualTo("hello\n");

      // Event 3 never comes by Kafka: it is fetched when event 4 shows that it is missing.
      rows.event(job, 3, JobEvent.Kind.ASSIGNED, counts(1, 0, 0, 0), false);
      rows.event(job, 4, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "3", "ASSIGNED"));
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "4", "RUNNING"));

      rows.event(job, 5, JobEvent.Kind.PARTIAL, counts(0, 0, 1, 1), true);
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "5", "PARTIAL"));
      assertThat(reader.data().get("status").asText()).isEqualTo("partial");
      assertThat(reader.data().at("/payload/a").asInt()).isEqualTo(1);
      assertThat(reader.next().name()).isEqualTo("summary");
      assertThat(reader.data().get("result_persisted").asBoolean()).isTrue();
      assertThat(reader.next().name()).isEqualTo("end");
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void resumedStreamTellsWhatWasMissedOnce() throws Exception {
    rows.event(job, 1, JobEvent.Kind.SUBMITTED, counts(0, 0, 0, 0), false);
    rows.event(job, 2, JobEvent.Kind.QUEUED, counts(0, 0, 0, 0), false);
    rows.event(job, 3, JobEvent.Kind.ASSIGNED, counts(1, 0, 0, 0), false);
    try (SseReader reader = reader("?after=1")) {
      assertThat(reader.next().name()).isEqualTo("gap");
      assertThat(reader.data().get("reason").asText()).isEqualTo("reconnected");
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "2", "QUEUED"));
      assertThat(reader.data().get("assigned_at").isNull()).isTrue();
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "3", "ASSIGNED"));

      rows.again(job);
      rows.event(job, 4, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "4", "RUNNING"));
    }
  }

  @Test
  void readerThatKnowsTheLastEventIsToldTheEndOnly() throws Exception {
    rows.event(job, 1, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);

    try (SseReader reader = reader("?after=1")) {
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("end", "1", "COMPLETED"));
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void readerThatKnowsTheEndIsToldWhatCameAfterIt() throws Exception {
    rows.event(job, 1, JobEvent.Kind.RUNNING, counts(0, 2, 0, 0), false);
    rows.event(job, 2, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    rows.event(job, 3, JobEvent.Kind.RESULTS_DELETED, counts(0, 0, 2, 0), false);

    try (SseReader reader = reader("?after=2")) {
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "3", "COMPLETED"));
      assertThat(reader.data().get("result_persisted").asBoolean()).isFalse();
      assertThat(reader.data().get("version").asInt()).isEqualTo(3);
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("end", "3", "COMPLETED"));
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void readerThatMissedEndAndDeletionIsToldBothAndTheEndLast() throws Exception {
    rows.event(job, 1, JobEvent.Kind.RUNNING, counts(0, 2, 0, 0), false);
    rows.event(job, 2, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    rows.event(job, 3, JobEvent.Kind.RESULTS_DELETED, counts(0, 0, 2, 0), false);

    try (SseReader reader = reader("?after=1")) {
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "2", "COMPLETED"));
      assertThat(reader.data().get("version").asInt()).isEqualTo(2);
      assertThat(reader.data().get("result_persisted").asBoolean()).isTrue();
      assertThat(reader.next().name()).isEqualTo("summary");
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("job", "3", "COMPLETED"));
      assertThat(reader.data().get("result_persisted").asBoolean()).isFalse();
      assertThat(reader.next()).isEqualTo(new SseReader.Frame("end", "3", "COMPLETED"));
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void endedJobIsShownAsItWasBeforeItsResultsWereDeleted() throws Exception {
    rows.event(job, 1, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    rows.event(job, 2, JobEvent.Kind.RESULTS_DELETED, counts(0, 0, 2, 0), false);
    String path = "/api/v1/jobs/" + job.external();

    JsonNode events = JSON.readTree(client.get(path + "/events").body());
    JsonNode then =
        JSON.readTree(client.get(path + "?at=" + events.at("/data/0/at").asText()).body());
    JsonNode now = JSON.readTree(client.get(path).body());

    assertThat(then.get("version").asInt()).isOne();
    assertThat(then.get("result_persisted").asBoolean()).isTrue();
    assertThat(now.get("version").asInt()).isEqualTo(2);
    assertThat(now.get("result_persisted").asBoolean()).isFalse();
    assertThat(now.get("output_persisted").asBoolean()).isFalse();
  }

  @Test
  void numberOfAnEventThatNeverWasIsRefused() {
    rows.event(job, 1, JobEvent.Kind.SUBMITTED, counts(0, 0, 0, 0), false);
    String path = "/api/v1/jobs/" + job.external() + "/stream?after=";

    assertThat(client.get(path + "2").statusCode()).isEqualTo(422);
    assertThat(client.get(path + "-1").statusCode()).isEqualTo(422);
    assertThat(client.get(path + "abc").statusCode()).isEqualTo(422);
    assertThat(client.get(path + "1000000000000000000").statusCode()).isEqualTo(422);
  }

  @Test
  void missingOutputIsMarkedWhereItIsMissing() throws Exception {
    rows.event(job, 1, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), false);
    try (SseReader reader = reader("")) {
      reader.next("job");

      rows.outputWritten(job, 0, "ab");
      rows.outputWritten(job, 10, "cd");

      assertThat(reader.next().name()).isEqualTo("log");
      assertThat(reader.next().name()).isEqualTo("gap");
      assertThat(reader.data().get("bytes").asInt()).isEqualTo(8);
      assertThat(reader.data().get("reason").asText()).isEqualTo("source");
      assertThat(reader.next().name()).isEqualTo("log");
    }
  }

  /** The first byte is the promise: what is written after it is told. */
  @Test
  void outputWrittenAfterTheFirstByteIsToldManyTimes() throws Exception {
    rows.event(job, 1, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), false);
    for (int i = 0; i < 20; i++) {
      try (SseReader reader = reader("")) {
        rows.outputWritten(job, i, Integer.toString(i % 10));

        reader.next("log");
        assertThat(reader.data().get("offset").asInt()).isEqualTo(i);
      }
    }
  }

  @Test
  void jobIsShownAsItWas() throws Exception {
    rows.event(job, 1, JobEvent.Kind.SUBMITTED, counts(0, 0, 0, 0), false);
    rows.event(job, 2, JobEvent.Kind.ASSIGNED, counts(1, 0, 0, 0), false);
    rows.event(job, 3, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    String path = "/api/v1/jobs/" + job.external();

    JsonNode first = JSON.readTree(client.get(path + "/events?limit=2").body());
    JsonNode rest =
        JSON.readTree(
            client
                .get(path + "/events?limit=2&cursor=" + first.get("next_cursor").asText())
                .body());
    JsonNode then =
        JSON.readTree(client.get(path + "?at=" + first.at("/data/1/at").asText()).body());
    JsonNode now = JSON.readTree(client.get(path + "?at=" + rest.at("/data/0/at").asText()).body());

    assertThat(first.get("data").findValuesAsText("seq")).containsExactly("1", "2");
    assertThat(rest.get("data").findValuesAsText("seq")).containsExactly("3");
    assertThat(rest.get("has_more").asBoolean()).isFalse();
    assertThat(then.get("canonical_state").asText()).isEqualTo("ASSIGNED");
    assertThat(then.get("version").asInt()).isEqualTo(2);
    assertThat(then.at("/counts/leased").asInt()).isOne();
    assertThat(then.get("ended_at").isNull()).isTrue();
    assertThat(then.get("retries_used").isNull()).isTrue();
    assertThat(now).isEqualTo(JSON.readTree(client.get(path).body()));
    assertThat(client.get(path + "?at=2020-01-01").statusCode()).isEqualTo(404);
    assertThat(client.get(path + "?at=then").statusCode()).isEqualTo(422);
  }

  @Test
  void viewsShowTasksResultsAndOutput() throws Exception {
    rows.event(job, 1, JobEvent.Kind.PARTIAL, counts(0, 0, 1, 1), false);
    rows.task(job, 0, "SUCCEEDED", "{\"loss\": 0.50}", null);
    rows.task(
        job,
        1,
        "FAILED",
        null,
        "{\"attempt\":1,\"epoch\":1,\"status\":\"failed\",\"worker\":\"host-1\",\"output_tail\":\"oh\"}");
    rows.execute(
        "INSERT INTO aggregator.task_output VALUES"
            + " ($1, 0, 1, 1, 'ab', 'yz', 40, 0, '{\"s\":1}', now(), 36)",
        Tuple.of(job.value()));
    String id = job.external();

    HttpResponse<String> tasks = client.get("/api/v1/jobs/" + id + "/tasks");
    HttpResponse<String> failed = client.get("/api/v1/jobs/" + id + "/tasks?status=failed");
    HttpResponse<String> results = client.get("/api/v1/results/" + id + "?limit=1");
    HttpResponse<String> output = client.get("/api/v1/jobs/" + id + "/output");

    assertThat(tasks.body()).doesNotContain("host-1").contains("\"output_tail\":\"abyz\"");
    JsonNode first = JSON.readTree(tasks.body()).at("/data/0");
    assertThat(first.at("/payload/n").asInt()).isEqualTo(2);
    assertThat(first.at("/latest_progress/s").asInt()).isOne();
    assertThat(JSON.readTree(failed.body()).get("data")).hasSize(1);
    assertThat(JSON.readTree(failed.body()).at("/data/0/live_feedback/output_tail").asText())
        .isEqualTo("oh");
    assertThat(results.body()).contains("\"result\":{\"loss\": 0.50}");
    JsonNode page = JSON.readTree(results.body());
    assertThat(page.at("/completeness/missing").asInt()).isZero();
    JsonNode rest =
        JSON.readTree(
            client
                .get(
                    "/api/v1/results/" + id + "?limit=1&cursor=" + page.get("next_cursor").asText())
                .body());
    assertThat(rest.at("/task_results/0/index").asInt()).isOne();
    assertThat(rest.get("has_more").asBoolean()).isFalse();
    assertThat(JSON.readTree(output.body()).at("/tasks/0/truncated").asBoolean()).isTrue();
    assertThat(client.get("/api/v1/jobs?status=partial&limit=200").body()).contains(id);
  }

  @Test
  void unchangedJobIsNotSentAgain() {
    rows.event(job, 1, JobEvent.Kind.SUBMITTED, counts(0, 0, 0, 0), false);
    String path = "/api/v1/jobs/" + job.external();
    String etag = client.get(path).headers().firstValue("ETag").orElseThrow();

    assertThat(etag).isEqualTo("W/\"1\"");
    assertThat(
            Client.send(client.request(path).header("If-None-Match", etag).GET().build())
                .statusCode())
        .isEqualTo(304);
  }

  @Test
  void endedJobIsNotCancelledButRetriedAsANewOne() throws Exception {
    rows.event(job, 1, JobEvent.Kind.PARTIAL, counts(0, 0, 1, 1), false);
    rows.task(job, 0, "SUCCEEDED", "{}", null);
    rows.task(job, 1, "FAILED", null, null);
    String path = "/api/v1/jobs/" + job.external();

    HttpResponse<String> cancel = client.put(path + "/cancel", "{\"reason\":\"late\"}");
    HttpResponse<String> retry = client.post(path + "/retry", "", "Idempotency-Key", "r-" + job);
    HttpResponse<String> again = client.post(path + "/retry", "", "Idempotency-Key", "r-" + job);

    assertThat(cancel.statusCode()).isEqualTo(409);
    assertThat(JSON.readTree(cancel.body()).get("code").asText()).isEqualTo("job-already-terminal");
    assertThat(retry.statusCode()).as(retry.body()).isEqualTo(202);
    assertThat(JSON.readTree(retry.body()).get("retry_of").asText()).isEqualTo(job.external());
    assertThat(again.body()).isEqualTo(retry.body());
  }

  @Test
  void retryRunsExactlyTheNamedTasksAndTheOthersCountAsCancelled() throws Exception {
    rows.event(job, 1, JobEvent.Kind.PARTIAL, counts(0, 0, 1, 1), false);
    rows.task(job, 0, "SUCCEEDED", "{}", null);
    rows.task(job, 1, "FAILED", null, null);
    String path = "/api/v1/jobs/" + job.external() + "/retry";

    HttpResponse<String> succeeded = client.post(path, "{\"tasks\":\"0\"}");
    HttpResponse<String> failed = client.post(path, "{\"tasks\":\"failed\"}");

    assertThat(succeeded.statusCode()).as(succeeded.body()).isEqualTo(202);
    assertThat(indexes(succeeded, "cancelled")).containsExactly(1);
    assertThat(indexes(succeeded, "pending")).containsExactly(0);
    assertThat(indexes(succeeded, "pending,cancelled")).containsExactly(0, 1);
    assertThat(indexes(failed, "cancelled")).isEmpty();
    for (String wrong : List.of("2", "", "1-0", "a", "0,,1")) {
      assertThat(client.post(path, "{\"tasks\":\"" + wrong + "\"}").statusCode())
          .as(wrong)
          .isEqualTo(422);
    }
    assertThat(client.post(path, "{\"task\":\"0\"}").statusCode()).isEqualTo(422);
  }

  private List<Integer> indexes(HttpResponse<String> job, String status) throws Exception {
    String id = JSON.readTree(job.body()).get("job_id").asText();
    JsonNode page =
        JSON.readTree(client.get("/api/v1/jobs/" + id + "/tasks?status=" + status).body());
    List<Integer> indexes = new ArrayList<>();
    page.path("data").forEach(task -> indexes.add(task.path("index").asInt()));
    return indexes;
  }

  @Test
  void cancellationIsAnsweredWithTheDecision() throws Exception {
    rows.event(job, 1, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), false);
    Thread decision =
        Thread.startVirtualThread(() -> {
          await()
              .atMost(Duration.ofMinutes(1))
              .until(() -> client.get("/health").statusCode() == 200);
          rows.execute(
              "UPDATE aggregator.job SET state = 'CANCELING', version = 2,"
                  + " cancel_state = 'canceling', cancel_requested_at = now()"
                  + " WHERE job_id = $1",
              Tuple.of(job.value()));
        });

    HttpResponse<String> answer =
        client.put("/api/v1/jobs/" + job.external() + "/cancel", "{\"reason\":\"enough\"}");
    decision.join();
    HttpResponse<String> again = client.put("/api/v1/jobs/" + job.external() + "/cancel", "");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(JSON.readTree(answer.body()).get("status").asText()).isEqualTo("running");
    assertThat(again.statusCode()).isEqualTo(202);
  }

  private SseReader reader(String query) throws Exception {
    return new SseReader(
        client.request("/api/v1/jobs/" + job.external() + "/stream" + query).build());
  }
}
