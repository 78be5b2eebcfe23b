package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class SubmitIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO =
      "{\"runner_command\":[\"true\"],\"payload\":{\"n\": 1.50,\"z\":[1, 2]},\"tags\":[\"t\"]}";

  @Inject Pool pool;
  private Client client;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  @Test
  void submittedJobIsThereAtOnceAndByteForByte() throws Exception {
    HttpResponse<String> answer = client.post("/api/v1/jobs", HELLO);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    String location = answer.headers().firstValue("Location").orElseThrow();
    HttpResponse<String> job = client.get(location.replaceFirst("^https?://[^/]+", ""));
    assertThat(job.statusCode()).isEqualTo(200);
    assertThat(job.body()).contains("\"payload\":{\"n\": 1.50,\"z\":[1, 2]}");
    assertThat(JSON.readTree(job.body()).get("status").asText()).isEqualTo("planning");
    assertThat(JSON.readTree(job.body()).get("canonical_state").asText()).isEqualTo("PLANNING");
  }

  @Test
  void noJobIsEverMissingAfterItsAnswer() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<List<Integer>>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        work.add(() -> {
          List<Integer> statuses = new ArrayList<>();
          for (int n = 0; n < 100; n++) {
            String location =
                client.post("/api/v1/jobs", HELLO).headers().firstValue("Location").orElseThrow();
            statuses.add(client.get(location.replaceFirst("^https?://[^/]+", "")).statusCode());
          }
          return statuses;
        });
      }
      for (Future<List<Integer>> statuses : threads.invokeAll(work)) {
        assertThat(statuses.get()).containsOnly(200);
      }
    }
  }

  @Test
  void hundredParallelSubmitsWithOneKeyMakeOneJob() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(100)) {
      List<Callable<HttpResponse<String>>> work =
          Collections.nCopies(
              100, () -> client.post("/api/v1/jobs", HELLO, "Idempotency-Key", "one-key"));
      List<String> bodies = new ArrayList<>();
      for (Future<HttpResponse<String>> answer : threads.invokeAll(work)) {
        assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(202);
        bodies.add(answer.get().body());
      }
      assertThat(bodies.stream().distinct()).hasSize(1);
      String id = JSON.readTree(bodies.getFirst()).get("job_id").asText().substring(4);
      assertThat(count("SELECT count(*) FROM gateway.submission WHERE job_id = $1", id)).isOne();
    }
    HttpResponse<String> other =
        client.post("/api/v1/jobs", HELLO.replace("true", "false"), "Idempotency-Key", "one-key");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(JSON.readTree(other.body()).get("code").asText()).isEqualTo("idempotency-mismatch");
  }

  @Test
  void millionTasksAreOneSmallRowAndOneSmallRecord() throws Exception {
    String giant =
        "{\"runner_command\":[\"true\"],"
            + "\"fan_out\":{\"chunks\":1000000,\"total\":1000000,\"range_field\":\"n\"}}";

    HttpResponse<String> answer = client.post("/api/v1/jobs", giant);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(answer.body().length()).isLessThan(10_000);
    String id = JSON.readTree(answer.body()).get("job_id").asText().substring(4);
    // The record in the outbox is the submission's text once more.
    assertThat(
            count(
                "SELECT (pg_column_size(s.*) + octet_length(s.spec))::bigint FROM gateway.submission s"
                    + " WHERE job_id = $1",
                id))
        .isBetween(1L, 10_000L);
    assertThat(count("SELECT count(*) FROM gateway.item_chunk WHERE job_id = $1", id)).isZero();
  }

  @Test
  void threeBadEntriesOfABatchLeaveTheOthers() throws Exception {
    String jobs =
        IntStream.range(0, 200)
            .mapToObj(i ->
                i % 80 == 7
                    ? "{\"runner_command\":[]}"
                    : "{\"runner_command\":[\"true\"],\"payload\":{\"i\":" + i + "}}")
            .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));

    HttpResponse<String> answer = client.post("/api/v1/jobs/batch", jobs, "Idempotency-Key", "b");
    HttpResponse<String> again = client.post("/api/v1/jobs/batch", jobs, "Idempotency-Key", "b");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.get("accepted").asInt()).isEqualTo(197);
    assertThat(body.get("rejected").asInt()).isEqualTo(3);
    for (int i = 0; i < 200; i++) {
      JsonNode entry = body.get("jobs").get(i);
      assertThat(entry.get("index").asInt()).isEqualTo(i);
      assertThat(entry.get("ok").asBoolean()).isEqualTo(i % 80 != 7);
      if (i % 80 == 7) {
        assertThat(entry.at("/error/errors/0/pointer").asText())
            .isEqualTo("/jobs/" + i + "/runner_command");
      } else {
        assertThat(entry.at("/payload/i").asInt()).isEqualTo(i);
      }
    }
    assertThat(JSON.readTree(again.body()).at("/jobs/5/job_id"))
        .isEqualTo(body.at("/jobs/5/job_id"));
  }

  @Test
  void batchOf201MakesNothing() {
    String jobs =
        IntStream.range(0, 201)
            .mapToObj(i -> "{\"runner_command\":[\"true\"],\"client_ref\":\"too-many\"}")
            .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));

    assertThat(client.post("/api/v1/jobs/batch", jobs).statusCode()).isEqualTo(422);
    assertThat(count("SELECT count(*) FROM gateway.submission WHERE client_ref = $1", "too-many"))
        .isZero();
  }

  @Test
  void listedItemsReachTheTasksByteForByte() throws Exception {
    String items =
        IntStream.range(0, 2_500)
            .mapToObj(i -> "{\"x\": " + i + ",\"t\":\"\\u00e9é\"}")
            .collect(Collectors.joining(",\n", "[", "]"));
    HttpResponse<String> answer =
        client.post(
            "/api/v1/jobs",
            "{\"runner_command\":[\"true\"],\"fan_out\":{\"items\":" + items + "}}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    String id = JSON.readTree(answer.body()).get("job_id").asText();
    HttpResponse<String> tasks = client.get("/api/v1/jobs/" + id + "/tasks?limit=1000");
    String cursor = JSON.readTree(tasks.body()).get("next_cursor").asText();
    HttpResponse<String> more =
        client.get("/api/v1/jobs/" + id + "/tasks?limit=1000&cursor=" + cursor);

    assertThat(tasks.body()).contains("\"payload\":{\"x\": 999,\"t\":\"\\u00e9é\"}");
    assertThat(more.body()).contains("\"payload\":{\"x\": 1000,\"t\":\"\\u00e9é\"}");
    assertThat(JSON.readTree(more.body()).at("/data/0/index").asInt()).isEqualTo(1000);
    assertThat(count("SELECT count(*) FROM gateway.item_chunk WHERE job_id = $1", id.substring(4)))
        .isEqualTo(3);
  }

  @Test
  void pagesOfTheListNeitherRepeatNorSkip() throws Exception {
    for (int i = 0; i < 7; i++) {
      client.post("/api/v1/jobs", HELLO.replace("\"t\"", "\"paging\""));
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = JSON.readTree(client.get("/api/v1/jobs?tag=paging&limit=3" + next).body());
      page.get("data").forEach(job -> seen.add(job.get("job_id").asText()));
      next = page.get("has_more").asBoolean() ? "&cursor=" + page.get("next_cursor").asText() : "";
    } while (!next.isEmpty());

    assertThat(seen).hasSize(7).doesNotHaveDuplicates();
  }

  private long count(String sql, String argument) {
    return pool.preparedQuery(sql)
        .execute(Tuple.of(argument))
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .iterator()
        .next()
        .getLong(0);
  }
}
