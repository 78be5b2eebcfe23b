package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Views and streams over rows and records as the aggregator writes them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class StreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Pool aggregator;
  private static KafkaProducer<String, byte[]> producer;
  private Client client;
  private JobId job;

  @BeforeAll
  static void connectAsAggregator() {
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    aggregator =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(2))
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .build();
    producer = KafkaClients.producer(Infrastructure.shared().bootstrapServers());
  }

  @AfterAll
  static void close() {
    aggregator.close().toCompletionStage().toCompletableFuture().join();
    producer.close();
  }

  @BeforeEach
  void submit() throws Exception {
    client = Client.withFirstKey();
    JsonNode answer =
        JSON.readTree(
            client
                .post(
                    "/api/v1/jobs",
                    "{\"runner_command\":[\"x\"],\"payload\":{\n\"a\":1},\"fan_out\":{\"chunks\":2,"
                        + "\"total\":4,\"range_field\":\"n\"}}")
                .body());
    job = JobId.parse(answer.get("job_id").asText());
  }

  @Test
  void streamIsGapFreeFromSnapshotToEnd() throws Exception {
    event(1, JobEvent.Kind.SUBMITTED, JobState.PLANNING, new TaskCounts(2, 0, 0, 0, 0, 0), false);
    try (Reader reader = new Reader("")) {
      assertThat(reader.next()).isEqualTo(new Frame("job", "1", "PLANNING"));

      event(2, JobEvent.Kind.QUEUED, JobState.QUEUED, new TaskCounts(2, 0, 0, 0, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new Frame("job", "2", "QUEUED"));

      taskLeased();
      Frame task = reader.next();
      assertThat(task.name()).isEqualTo("task");
      assertThat(reader.data().get("worker").asText()).matches("w-[0-9a-f]{8}");

      outputWritten("hello\n");
      assertThat(reader.next().name()).isEqualTo("log");
      assertThat(reader.data().get("text").asText()).isEqualTo("hello\n");

      // Event 3 never comes by Kafka: it is fetched when event 4 shows that it is missing.
      event(3, JobEvent.Kind.ASSIGNED, JobState.ASSIGNED, new TaskCounts(2, 1, 0, 0, 0, 0), false);
      event(4, JobEvent.Kind.RUNNING, JobState.RUNNING, new TaskCounts(2, 0, 1, 0, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new Frame("job", "3", "ASSIGNED"));
      assertThat(reader.next()).isEqualTo(new Frame("job", "4", "RUNNING"));

      event(5, JobEvent.Kind.PARTIAL, JobState.PARTIAL, new TaskCounts(2, 0, 0, 1, 1, 0), true);
      assertThat(reader.next()).isEqualTo(new Frame("job", "5", "PARTIAL"));
      assertThat(reader.data().get("status").asText()).isEqualTo("partial");
      assertThat(reader.data().at("/payload/a").asInt()).isEqualTo(1);
      assertThat(reader.next().name()).isEqualTo("end");
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  void resumedStreamTellsWhatWasMissedOnce() throws Exception {
    event(1, JobEvent.Kind.SUBMITTED, JobState.PLANNING, new TaskCounts(2, 0, 0, 0, 0, 0), false);
    event(2, JobEvent.Kind.QUEUED, JobState.QUEUED, new TaskCounts(2, 0, 0, 0, 0, 0), false);
    event(3, JobEvent.Kind.ASSIGNED, JobState.ASSIGNED, new TaskCounts(2, 1, 0, 0, 0, 0), false);
    try (Reader reader = new Reader("?after=1")) {
      assertThat(reader.next()).isEqualTo(new Frame("job", "2", "QUEUED"));
      assertThat(reader.data().get("assigned_at").isNull()).isTrue();
      assertThat(reader.next()).isEqualTo(new Frame("job", "3", "ASSIGNED"));

      event(3, JobEvent.Kind.ASSIGNED, JobState.ASSIGNED, new TaskCounts(2, 1, 0, 0, 0, 0), true);
      event(4, JobEvent.Kind.RUNNING, JobState.RUNNING, new TaskCounts(2, 0, 1, 0, 0, 0), true);
      assertThat(reader.next()).isEqualTo(new Frame("job", "4", "RUNNING"));
    }
  }

  @Test
  void viewsShowTasksResultsAndOutput() throws Exception {
    event(1, JobEvent.Kind.FAILED, JobState.PARTIAL, new TaskCounts(2, 0, 0, 1, 1, 0), false);
    task(0, "SUCCEEDED", "{\"loss\": 0.50}", null);
    task(
        1,
        "FAILED",
        null,
        "{\"attempt\":1,\"epoch\":1,\"status\":\"failed\",\"worker\":\"host-1\",\"output_tail\":\"oh\"}");
    execute(
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
    event(1, JobEvent.Kind.SUBMITTED, JobState.PLANNING, new TaskCounts(2, 0, 0, 0, 0, 0), false);
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
    event(1, JobEvent.Kind.PARTIAL, JobState.PARTIAL, new TaskCounts(2, 0, 0, 1, 1, 0), false);
    task(0, "SUCCEEDED", "{}", null);
    task(1, "FAILED", null, null);
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
  void cancellationIsAnsweredWithTheDecision() throws Exception {
    event(1, JobEvent.Kind.RUNNING, JobState.RUNNING, new TaskCounts(2, 0, 1, 0, 0, 0), false);
    Thread decision =
        Thread.startVirtualThread(() -> {
          await().until(() -> client.get("/health").statusCode() == 200);
          execute(
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

  private void event(
      long seq, JobEvent.Kind kind, JobState state, TaskCounts counts, boolean published) {
    Instant now = Instant.now();
    JobEvent event =
        new JobEvent(
            job,
            seq,
            kind,
            state,
            "default",
            "default",
            now,
            counts,
            null,
            state == JobState.PARTIAL ? ErrorCode.EXIT_NONZERO : null,
            null);
    OffsetDateTime at = OffsetDateTime.ofInstant(now, ZoneOffset.UTC);
    execute(
        "INSERT INTO aggregator.job (job_id, tenant, pool, state, shown, version, total, leased,"
            + " running, succeeded, failed, cancelled, attempts_lost, retries, planned,"
            + " leased_ever, started_ever, plan_failed, stopped)"
            + " VALUES ($1, 'default', 'default', $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0,"
            + " true, true, true, false, false)"
            + " ON CONFLICT (job_id) DO UPDATE SET state = $2, shown = $3, version = $4,"
            + " leased = $6, running = $7, succeeded = $8, failed = $9,"
            + " assigned_at = CASE WHEN $2 = 'ASSIGNED' THEN now() ELSE job.assigned_at END",
        Tuple.from(
            List.of(
                job.value(),
                state.name(),
                state.nativeWord(""),
                seq,
                counts.total(),
                counts.leased(),
                counts.running(),
                counts.succeeded(),
                counts.failed())));
    execute(
        "INSERT INTO aggregator.job_event VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        Tuple.of(job.value(), seq, kind.name(), state.name(), at, Json.text(event)));
    if (published) {
      publish(Topic.JOB_EVENTS.name(), Json.text(event).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void task(int index, String state, @Nullable String result, @Nullable String lastFailed) {
    execute(
        "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, worker, result,"
            + " attempts, last_failed, run_millis) VALUES ($1, $2, $3, 1, 1, 'host-1', $4, $5, $6, 5)",
        Tuple.tuple()
            .addString(job.value())
            .addInteger(index)
            .addString(state)
            .addString(result)
            .addString("[{\"attempt\":1,\"worker\":\"host-1\"}]")
            .addString(lastFailed));
  }

  private void taskLeased() {
    publish(
        Topic.TASK_EVENTS.name(),
        Json.bytes(
            Topic.TASK_EVENTS,
            new Message<>(
                Instant.now(),
                List.of(new TaskEvent.TaskLeased(0, 1, 1, new WorkerId("host-1"))))));
  }

  private void outputWritten(String text) {
    publish(
        Topic.PROGRESS.name(),
        Json.bytes(
            Topic.PROGRESS,
            new Message<>(
                Instant.now(),
                List.of(
                    new ProgressEvent.OutputWritten(
                        new AttemptRef(job, 0, 1, 1),
                        ProgressEvent.Stream.STDOUT,
                        0,
                        text.length(),
                        text)))));
  }

  private void publish(String topic, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, job.value(), value)).get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(String sql, Tuple arguments) {
    aggregator
        .preparedQuery(sql)
        .execute(arguments)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  /** An event of the stream: its name, its id and, for jobs, the state. */
  private record Frame(String name, String id, String state) {}

  private final class Reader implements AutoCloseable {
    private final InputStream in;
    private final BufferedReader lines;
    private JsonNode data = JSON.createObjectNode();

    Reader(String query) throws Exception {
      HttpResponse<InputStream> answer =
          HttpClient.newHttpClient()
              .send(
                  client.request("/api/v1/jobs/" + job.external() + "/stream" + query).build(),
                  HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.statusCode()).isEqualTo(200);
      in = answer.body();
      lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    Frame next() throws Exception {
      String name = "";
      String id = "";
      List<String> body = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && !name.isEmpty()) {
          data = JSON.readTree(String.join("\n", body));
          return new Frame(name, id, data.path("canonical_state").asText());
        }
        int colon = line.indexOf(':');
        String value = colon < 0 ? "" : line.substring(colon + 1).strip();
        if (line.startsWith("event:")) {
          name = value;
        } else if (line.startsWith("id:")) {
          id = value;
        } else if (line.startsWith("data:")) {
          body.add(value);
        }
      }
      throw new IllegalStateException("Expected an event, but the stream ended");
    }

    JsonNode data() {
      return data;
    }

    boolean isAtEnd() throws Exception {
      return lines.readLine() == null;
    }

    @Override
    public void close() throws Exception {
      in.close();
    }
  }
}
