package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
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
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nothing of where a task ran leaves by the API (S2-43, T-14). Every field that could tell it holds
 * a marker, members that no service writes today included; then every operation of the document is
 * called, so that one that is added later is looked at too.
 */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class RedactionIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARKER = "zz-secret-host";
  private static final String RECORD =
      """
      {"attempt":1,"epoch":1,"status":"failed","worker":"%1$s","host":"%1$s","node":{"name":"%1$s"},
       "devices":["%1$s"],"path":"/%1$s/work","image":"%1$s","provider_id":"%1$s",
       "ended_at":"2026-02-01T10:00:00Z","run_s":1.5,"error_code":"exit_nonzero",
       "error":"The command exited with code 1","output_tail":"oh"}\
      """
          .formatted(MARKER);

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
  void plant() throws Exception {
    client = Client.withFirstKey();
    job =
        JobId.parse(
            JSON.readTree(
                    client
                        .post(
                            "/api/v1/jobs",
                            "{\"runner_command\":[\"x\"],\"payload\":{},\"fan_out\":"
                                + "{\"chunks\":3,\"total\":3,\"range_field\":\"n\"}}")
                        .body())
                .get("job_id")
                .asText());
    execute(
        "INSERT INTO aggregator.job (job_id, tenant, pool, state, shown, version, total, leased,"
            + " running, succeeded, failed, cancelled, attempts_lost, retries, planned,"
            + " leased_ever, started_ever, plan_failed, stopped)"
            + " VALUES ($1, 'default', 'default', 'RUNNING', 'running', 1, 3, 0, 1, 1, 1, 0, 1, 1,"
            + " true, true, true, false, false)",
        Tuple.of(job.value()));
    String[] states = {"RUNNING", "SUCCEEDED", "FAILED"};
    for (int index = 0; index < states.length; index++) {
      execute(
          "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, worker, result,"
              + " attempts, last_failed, run_millis) VALUES ($1, $2, $3, 2, 2, $4, '{}', $5, $6, 5)",
          Tuple.of(job.value(), index, states[index], MARKER, "[" + RECORD + "]", RECORD));
    }
    execute(
        "INSERT INTO aggregator.task_output VALUES"
            + " ($1, 0, 2, 2, 'step 1/4', '', 8, 0, '{\"s\":1}', now(), 0, 2)",
        Tuple.of(job.value()));
  }

  /** What an endpoint was sent, and what it answered. */
  private void deliver() {
    execute(
        "INSERT INTO aggregator.webhook_endpoint (endpoint_id, tenant, version, events, enabled,"
            + " secrets) VALUES ('callback_default', 'default', 1, '{}', true, '[]')"
            + " ON CONFLICT DO NOTHING",
        Tuple.tuple());
    execute(
        "INSERT INTO aggregator.webhook_delivery (delivery_id, tenant, endpoint_id, lane, event,"
            + " job_id, seq, url, state, due_at, created_at) VALUES ('msg_' || $1, 'default',"
            + " 'callback_default', 'hooks.example.com', 'job.failed', $1, 1,"
            + " 'https://hooks.example.com/x', 'delivered', now(), now())",
        Tuple.of(job.value()));
  }

  @Test
  void noAnswerTellsWhereATaskRan() throws Exception {
    List<String> answers = new ArrayList<>();

    for (String path : documentedReads(false)) {
      for (String query : List.of("", "?limit=1", "?unknown=1")) {
        HttpResponse<String> answer = client.get(path + query);
        answers.add(path + query + " " + answer.headers().map() + " " + answer.body());
      }
    }
    assertThat(client.post("/api/v1/webhooks/callback/rotate", "{}").statusCode()).isEqualTo(200);
    deliver();
    answers.add("deliveries " + client.get("/api/v1/webhooks/callback/deliveries").body());
    answers.add(client.post("/api/v1/jobs/" + job.external() + "/retry", "{").body());
    answers.add(client.put("/api/v1/jobs/" + job.external() + "/cancel", "{}").body());

    assertThat(answers).noneMatch(RedactionIT::tells);
    assertThat(answers).anyMatch(answer -> answer.contains("\"worker\":\"w-"));
    assertThat(answers).anyMatch(answer -> answer.contains("\"output_tail\":\"oh\""));
    assertThat(answers).anyMatch(answer -> answer.contains("\"progress\":25.0"));
    assertThat(answers)
        .anyMatch(answer -> answer.startsWith("/api/cloud/") && answer.contains("25.0"))
        .anyMatch(
            answer -> answer.startsWith("/api/v1/jobs/export") && answer.contains(job.external()))
        .anyMatch(
            answer -> answer.startsWith("deliveries ") && answer.contains("msg_" + job.value()));
  }

  @Test
  void noStreamTellsWhereATaskRan() throws Exception {
    List<String> paths = documentedReads(true);
    List<StringBuffer> texts = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String path : paths) {
        StringBuffer text = new StringBuffer();
        texts.add(text);
        HttpRequest request = client.request(path).timeout(Duration.ofMinutes(1)).build();
        Thread.startVirtualThread(() -> read(http, request, text));
      }
      StringBuffer ofTheJob = texts.get(paths.indexOf(jobPath("stream")));
      await()
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(300))
          .until(() -> {
            happen();
            return ofTheJob.toString().contains("\"worker\":\"w-");
          });
      http.shutdownNow();
    }

    assertThat(texts).noneMatch(text -> tells(text.toString()));
  }

  /** What the dispatcher says of an attempt, with the worker's name in it. */
  private void happen() {
    AttemptEnd end =
        new AttemptEnd(
            AttemptEnd.Status.LOST,
            null,
            null,
            null,
            ErrorCode.WORKER_LOST,
            "The worker went away while it held the attempt.",
            null,
            0,
            0);
    byte[] body =
        Json.bytes(
            Topic.TASK_EVENTS,
            new Message<>(
                Instant.now(),
                List.of(
                    new TaskEvent.TaskLeased(0, 3, 3, new WorkerId(MARKER)),
                    new TaskEvent.TaskRetrying(0, 3, 3, end, 1_000))));
    producer.send(new ProducerRecord<>(Topic.TASK_EVENTS.name(), job.value(), body));
    producer.flush();
  }

  private static void read(HttpClient http, HttpRequest request, StringBuffer text) {
    try (Stream<String> lines = http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      lines.forEach(line -> text.append(line).append('\n'));
    } catch (IOException | java.io.UncheckedIOException e) {
      text.append(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String jobPath(String tail) {
    return "/api/v1/jobs/" + job.external() + "/" + tail;
  }

  /** Every GET of the document, the job's id filled in; those that stream, or the others. */
  private List<String> documentedReads(boolean streams) throws IOException {
    List<String> paths = new ArrayList<>();
    JsonNode document = JSON.readTree(client.get("/openapi?format=json").body()).path("paths");
    for (Map.Entry<String, JsonNode> path : document.properties()) {
      JsonNode get = path.getValue().path("get");
      boolean isStream = get.at("/responses/200/content").has("text/event-stream");
      if (!get.isMissingNode() && isStream == streams) {
        paths.add(
            path.getKey()
                    .replace("{id}", job.external())
                    .replace("{job_id}", job.external())
                    .replaceAll("\\{[^}]*}", "none")
                + (path.getKey().endsWith("/watch") ? "?ids=" + job.external() : ""));
      }
    }
    assertThat(paths).isNotEmpty();
    return paths;
  }

  private static boolean tells(String answer) {
    return answer.toLowerCase(Locale.ROOT).contains(MARKER);
  }

  private static void execute(String sql, Tuple arguments) {
    aggregator
        .preparedQuery(sql)
        .execute(arguments)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
