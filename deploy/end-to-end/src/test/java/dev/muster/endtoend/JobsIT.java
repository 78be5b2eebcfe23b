package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.testkit.SpanReceiver;
import dev.muster.testkit.SpanReceiver.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of every shape, through the packaged platform. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JobsIT {
  /** Leaves the payload as the result. */
  private static final String ECHO = "cp \"$MUSTER_TASK_PAYLOAD\" \"$MUSTER_TASK_RESULT\"";

  private final SpanReceiver spans = SpanReceiver.answering();
  private Platform platform;
  private Api api;
  private Path scratch;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    scratch = Files.createDirectories(folder.resolve("scratch"));
    Map<String, String> settings = new HashMap<>(spans.environment());
    // Only of jobs whose callers want it.
    settings.put("OTEL_TRACES_SAMPLER", "parentbased_always_off");
    settings.put("MUSTER_EGRESS_OPEN_NETWORKS", "127.0.0.0/8");
    platform = Platform.start(Files.createDirectories(folder.resolve("a platform")), settings);
    api = platform.api();
  }

  @AfterAll
  void stop() {
    platform.close();
    spans.close();
  }

  @Test
  void jobWithoutFanOutRunsOnce() {
    ObjectNode job = Api.shell(ECHO);
    job.putObject("payload").put("answer", 42).put("text", "grüße, \"quoted\"");

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    List<JsonNode> results = api.results(ended.path("job_id").asText());
    assertThat(results).hasSize(1);
    assertThat(results.getFirst().path("result")).isEqualTo(job.path("payload"));
  }

  @Test
  void itemsReachTheirTasksExactlyAsWritten() throws IOException {
    String items = "[{\"a\": 1.50,  \"b\":1e3}, {\"b\":[ ] ,\"c\":null}, {}]";
    Path seen = Files.createDirectories(scratch.resolve("items"));
    ObjectNode job =
        Api.shell("cp \"$MUSTER_TASK_PAYLOAD\" '" + seen + "'/$MUSTER_TASK_INDEX; " + ECHO);
    String body = job.toString().replaceFirst("}$", ",\"fan_out\":{\"items\":" + items + "}}");

    JsonNode ended = api.run(body);

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(Files.readString(seen.resolve("0"))).isEqualTo("{\"a\": 1.50,  \"b\":1e3}");
    assertThat(Files.readString(seen.resolve("1"))).isEqualTo("{\"b\":[ ] ,\"c\":null}");
    assertThat(Files.readString(seen.resolve("2"))).isEqualTo("{}");
  }

  @Test
  void payloadArrayIsSplitByField() {
    ObjectNode job = Api.shell(ECHO);
    ObjectNode payload = job.putObject("payload");
    payload.put("dataset", "v3").putArray("models").add("small").add("large").add("huge");
    job.putObject("fan_out").put("by", "models");

    JsonNode ended = api.run(job.toString());

    List<JsonNode> results = api.results(ended.path("job_id").asText());
    assertThat(results)
        .extracting(result -> result.path("result").path("models").asText())
        .containsExactly("small", "large", "huge");
    assertThat(results)
        .allMatch(result -> result.path("result").path("dataset").asText().equals("v3"));
    assertThat(results)
        .extracting(result -> result.path("result").path("_fan_out").path("index").asInt())
        .containsExactly(0, 1, 2);
  }

  @Test
  void rangeIsCoveredOnceByItsChunks() {
    ObjectNode job = Api.shell(ECHO);
    job.putObject("payload").put("seed", 7);
    job.putObject("fan_out").put("chunks", 20).put("total", 1003).put("range_field", "total_seeds");

    JsonNode ended = api.run(job.toString());

    List<JsonNode> results = api.results(ended.path("job_id").asText());
    assertThat(results).hasSize(20);
    long next = 0;
    for (JsonNode result : results) {
      JsonNode chunk = result.path("result").path("_chunk");
      assertThat(chunk.path("start").asLong()).isEqualTo(next);
      next = chunk.path("end").asLong();
      assertThat(result.path("result").path("total_seeds").asLong())
          .isEqualTo(next - chunk.path("start").asLong())
          .isBetween(50L, 51L);
    }
    assertThat(next).isEqualTo(1003);
  }

  /** Each member waits for the other, and the second one fails at its first try. */
  @Test
  void gangRunsTogetherAndIsTriedAgainAsAWhole() throws IOException {
    Path met = Files.createDirectories(scratch.resolve("gang"));
    String both = "'" + met + "'/$TORCHELASTIC_RESTART_COUNT-";
    ObjectNode job =
        Api.shell(
            "touch "
                + both
                + "$RANK; until [ -e "
                + both
                + "0 ] && [ -e "
                + both
                + "1 ]; do sleep 0.05; done;"
                + " [ $RANK-$TORCHELASTIC_RESTART_COUNT = 1-0 ] && exit 3;"
                + " [ $TORCHELASTIC_RESTART_COUNT = 0 ] && sleep 60;"
                + " printf '{\"rank\": %s, \"size\": %s, \"members\": \"%s\"}' $RANK $WORLD_SIZE"
                + " $MUSTER_GANG_MEMBERS > \"$MUSTER_TASK_RESULT\"");
    job.putObject("fan_out").putArray("items").addObject().put("shard", 0);
    ((ArrayNode) job.path("fan_out").path("items")).addObject().put("shard", 1);
    job.putObject("gang").put("auto_select_workers", true);
    job.put("retries", 1);

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    List<JsonNode> results = api.results(ended.path("job_id").asText());
    assertThat(results)
        .extracting(result -> result.path("result").path("rank").asInt())
        .containsExactly(0, 1);
    assertThat(results).allMatch(result -> result.path("result").path("size").asInt() == 2);
    assertThat(results).allMatch(result -> result.path("attempts").asInt() == 2);
    assertThat(results.getFirst().path("result").path("members").asText())
        .matches("127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+");
  }

  @Test
  void batchingGivesSeveralItemsToOneTask() {
    ObjectNode job = Api.shell(ECHO);
    ArrayNode items = job.putObject("fan_out").putArray("items");
    for (int i = 0; i < 23; i++) {
      items.addObject().put("n", i);
    }
    job.put("batch_size", 5);

    JsonNode ended = api.run(job.toString());

    List<JsonNode> results = api.results(ended.path("job_id").asText());
    assertThat(results).hasSize(5);
    List<Integer> numbers = new ArrayList<>();
    results.forEach(result ->
        result
            .path("result")
            .path("_batch")
            .path("items")
            .forEach(item -> numbers.add(item.path("n").asInt())));
    assertThat(numbers)
        .containsExactly(
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22);
  }

  @Test
  void everyAttemptIsChargedAndTheSumsAgree() {
    // A tenant of its own: jobs of other tests would change the sums while they are compared.
    Api books = api.ofTenant("books");
    assertThat(
            api.post(
                    "/api/v1/balance/grants",
                    "{\"tenant\":\"books\",\"amount_usd\":\"10\",\"note\":\"test\"}")
                .status())
        .isEqualTo(202);
    ObjectNode job = Api.shell("sleep 1; " + ECHO);
    job.putObject("fan_out").putArray("items").add(Platform.JSON.createObjectNode());
    JsonNode ended = books.run(job.toString());
    String cancelled = books.submit(Api.shell("sleep 600").toString());
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> books.job(cancelled).path("status").asText().equals("running"));
    books.put("/api/v1/jobs/" + cancelled + "/cancel", "{}");
    JsonNode stopped = books.awaitEnd(cancelled, Duration.ofMinutes(2));

    // One core for a second, at the price of a new installation.
    assertThat(ended.path("cost_usd").asDouble()).isGreaterThanOrEqualTo(0.000011111);
    assertThat(ended.path("cost_usd").asDouble())
        .isEqualTo(
            books.tasks(ended.path("job_id").asText()).getFirst().path("cost_usd").asDouble());
    assertThat(stopped.path("cost_usd").asDouble()).as("a cancelled job").isPositive();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> {
          JsonNode balance = books.get("/api/v1/balance").body();
          JsonNode stats = books.get("/api/v1/stats").body();
          BigDecimal exported = BigDecimal.ZERO;
          int jobs = 0;
          for (JsonNode each : books.get("/api/v1/jobs/export").body()) {
            exported = exported.add(each.path("cost_usd").decimalValue());
            jobs++;
          }
          assertThat(balance.path("spent_usd").decimalValue()).isEqualByComparingTo(exported);
          assertThat(stats.path("total_spent_usd").decimalValue()).isEqualByComparingTo(exported);
          assertThat(stats.path("jobs_submitted").asInt()).isEqualTo(jobs);
        });
  }

  @Test
  void batchOf200WithThreeBadEntriesRunsTheOther197() {
    ArrayNode jobs = Platform.JSON.createArrayNode();
    for (int i = 0; i < 200; i++) {
      ObjectNode job = Api.shell(ECHO);
      job.putObject("payload").put("i", i);
      job.putObject("meta").put("entry", i);
      if (i == 3) {
        job.put("timeout_s", -1);
      } else if (i == 77) {
        job.remove("runner_command");
      } else if (i == 199) {
        job.putObject("fan_out");
      }
      jobs.add(job);
    }

    Api.Answer answer =
        api.post(
            "/api/v1/jobs/batch", Platform.JSON.createObjectNode().set("jobs", jobs).toString());

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.body().path("accepted").asInt()).isEqualTo(197);
    assertThat(answer.body().path("rejected").asInt()).isEqualTo(3);
    List<JsonNode> entries = new ArrayList<>();
    answer.body().path("jobs").forEach(entries::add);
    for (int i = 0; i < 200; i++) {
      assertThat(entries.get(i).path("index").asInt()).isEqualTo(i);
      assertThat(entries.get(i).path("ok").asBoolean()).isEqualTo(!Set.of(3, 77, 199).contains(i));
    }
    for (int i = 0; i < 200; i++) {
      if (entries.get(i).path("ok").asBoolean()) {
        JsonNode ended =
            api.awaitEnd(entries.get(i).path("job_id").asText(), Duration.ofMinutes(2));
        assertThat(ended.path("status").asText()).isEqualTo("completed");
        assertThat(ended.path("meta").path("entry").asInt()).isEqualTo(i);
      }
    }
  }

  @Test
  void sevenFailuresOfTwentyMakeThePartialJobThatRetryCompletes() throws IOException {
    Path fixed = scratch.resolve("fixed");
    ObjectNode job =
        Api.shell(
            "echo trying; if [ $MUSTER_TASK_INDEX -lt 7 ] && [ ! -e '"
                + fixed
                + "' ]; then echo no luck >&2; exit 3; fi; "
                + ECHO);
    job.putObject("payload").put("x", 1);
    job.putObject("fan_out").put("chunks", 20).put("total", 20).put("range_field", "n");

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("partial");
    assertThat(ended.path("counts").path("succeeded").asInt()).isEqualTo(13);
    assertThat(ended.path("counts").path("failed").asInt()).isEqualTo(7);
    JsonNode failed = api.tasks(ended.path("job_id").asText()).getFirst();
    assertThat(failed.path("error_code").asText()).isEqualTo("exit_nonzero");
    assertThat(failed.path("exit_code").asInt()).isEqualTo(3);
    assertThat(failed.path("last_failed_attempt").path("output_tail").asText()).contains("no luck");

    Files.createFile(fixed);
    Api.Answer retry = api.post("/api/v1/jobs/" + ended.path("job_id").asText() + "/retry", "{}");
    assertThat(retry.status()).as(retry.body().toString()).isEqualTo(202);
    JsonNode retried = api.awaitEnd(retry.body().path("job_id").asText(), Duration.ofMinutes(1));

    assertThat(retried.path("status").asText()).isEqualTo("completed");
    assertThat(retried.path("counts").path("succeeded").asInt()).isEqualTo(20);
    assertThat(retried.path("retry_of").asText()).isEqualTo(ended.path("job_id").asText());
    assertThat(api.results(retried.path("job_id").asText()))
        .hasSize(20)
        .allMatch(result -> result.path("result").path("n").asInt() == 1);
  }

  @Test
  void missingResultFailsTheTask() {
    assertThat(onlyTask("true").path("error_code").asText()).isEqualTo("result_missing");
  }

  @Test
  void invalidResultFailsTheTask() {
    assertThat(onlyTask("printf '{\"a\":' > \"$MUSTER_TASK_RESULT\"").path("error_code").asText())
        .isEqualTo("result_invalid");
  }

  @Test
  void resultJustUnderOneMebibyteIsKept() {
    JsonNode ended =
        api.run(
            Api.shell(
                    "{ printf '\"'; head -c 1048000 /dev/zero | tr '\\0' x; printf '\"'; } > \"$MUSTER_TASK_RESULT\"")
                .toString());

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(api.results(ended.path("job_id").asText()).getFirst().path("result").asText())
        .hasSize(1_048_000);
  }

  @Test
  void fiftyMegabytesOfOutputAreBoundedAndHarmless() {
    ObjectNode job =
        Api.shell(
            "head -c 50000000 /dev/zero | tr '\\0' y | fold -w 99; echo the very end; echo '{}' > \"$MUSTER_TASK_RESULT\"");

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    String id = ended.path("job_id").asText();
    String output =
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> api.get("/api/v1/jobs/" + id + "/output").body().path("output").asText(),
                text -> text.contains("the very end"));
    assertThat(output.length()).isLessThan(1_000_000);
  }

  @Test
  void outputWithoutNewlineIsSeenWhileTheTaskRuns() throws IOException {
    Path go = scratch.resolve("go");
    ObjectNode job =
        Api.shell(
            "printf 'half a li'; while [ ! -e '"
                + go
                + "' ]; do sleep 0.05; done; echo '{}' > \"$MUSTER_TASK_RESULT\"");
    String id = api.submit(job.toString());

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            api.get("/api/v1/jobs/" + id + "/output")
                .body()
                .path("output")
                .asText()
                .contains("half a li"));
    assertThat(api.job(id).path("status").asText()).isEqualTo("running");
    Files.createFile(go);

    assertThat(api.awaitEnd(id, Duration.ofSeconds(30)).path("status").asText())
        .isEqualTo("completed");
  }

  @Test
  void stubbornProcessTreeIsGoneAfterCancel() throws IOException {
    Path pids = scratch.resolve("pids");
    ObjectNode job =
        Api.shell(
            "trap '' TERM; echo $$ >> '"
                + pids
                + "';"
                + " setsid sh -c 'trap \"\" TERM; (setsid sh -c \"trap \\\"\\\" TERM; echo \\$\\$ >> \\\""
                + pids
                + "\\\"; while :; do sleep 0.1; done\" &) ; exit 0';"
                + " while :; do sleep 0.1; done");
    String id = api.submit(job.toString());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);

    Api.Answer answer = api.put("/api/v1/jobs/" + id + "/cancel", "{\"reason\":\"enough\"}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
    JsonNode ended = api.awaitEnd(id, Duration.ofSeconds(30));
    assertThat(ended.path("status").asText()).isEqualTo("cancelled");
    assertThat(ended.path("cancellation").path("state").asText()).isEqualTo("canceled");
    for (String pid : Files.readAllLines(pids)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !Files.exists(Path.of("/proc", pid.strip())));
    }
    assertThat(api.put("/api/v1/jobs/" + id + "/cancel", "{}").status()).isEqualTo(200);

    JsonNode next = api.run(Api.shell(ECHO).toString());
    assertThat(next.path("status").asText()).isEqualTo("completed");
  }

  @Test
  void timeoutEndsTheTask() {
    ObjectNode job = Api.shell("sleep 60");
    job.put("timeout_s", 1);

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(api.tasks(ended.path("job_id").asText()).getFirst().path("error_code").asText())
        .isEqualTo("timeout");
  }

  @Test
  void grantedDevicesAreTheOnlyVisibleOnes() {
    ObjectNode job =
        Api.shell("printf '{\"cuda\":\"%s\"}' \"$CUDA_VISIBLE_DEVICES\" > \"$MUSTER_TASK_RESULT\"");
    job.putObject("requirements").put("gpus", 2);
    ObjectNode cpuJob =
        Api.shell("printf '{\"cuda\":\"%s\"}' \"$CUDA_VISIBLE_DEVICES\" > \"$MUSTER_TASK_RESULT\"");

    String granted =
        api.results(api.run(job.toString()).path("job_id").asText())
            .getFirst()
            .path("result")
            .path("cuda")
            .asText();
    String none =
        api.results(api.run(cpuJob.toString()).path("job_id").asText())
            .getFirst()
            .path("result")
            .path("cuda")
            .asText("?");

    assertThat(granted.split(",")).hasSize(2).allMatch(uuid -> uuid.startsWith("GPU-"));
    assertThat(none).isEmpty();
  }

  @Test
  void traceOfTheRequestIsOneTreeFromTheGatewayToTheCommand() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String client = "00f067aa0ba902b7";
    ObjectNode job = Api.shell("printf '\"%s\"' \"$TRACEPARENT\" > \"$MUSTER_TASK_RESULT\"");

    Api.Answer answer =
        api.post(
            "/api/v1/jobs", job.toString(), "traceparent", "00-" + trace + "-" + client + "-01");
    String id = answer.body().path("job_id").asText();
    api.awaitEnd(id, Duration.ofMinutes(1));

    Received attempt = spans.named("attempt");
    Awaitility.await("the whole tree")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> {
          List<Received> all = spans.spans();
          assertThat(all)
              .extracting(span -> span.service() + " " + span.kind() + " " + span.name())
              .contains(
                  "api-gateway SERVER POST /api/v1/jobs",
                  "api-gateway PRODUCER send muster.job.submissions",
                  "job-planner CONSUMER process muster.job.submissions",
                  "job-planner PRODUCER send muster.task.plans",
                  "task-dispatcher CONSUMER process muster.task.plans",
                  "task-dispatcher PRODUCER send muster.task.assignments",
                  "worker-agent CONSUMER process muster.task.assignments",
                  "worker-agent INTERNAL attempt",
                  "worker-agent PRODUCER send muster.task.results",
                  "task-dispatcher CONSUMER process muster.task.results",
                  "task-dispatcher PRODUCER send muster.task.events",
                  "result-aggregator CONSUMER process muster.task.events",
                  "result-aggregator PRODUCER send muster.job.events");
          assertThat(all).extracting(Received::trace).containsOnly(trace);
          List<String> known = new ArrayList<>(all.stream().map(Received::id).toList());
          known.add(client);
          assertThat(known).containsAll(all.stream().map(Received::parent).toList());
        });
    assertThat(attempt.attributes())
        .containsEntry("muster.job.id", id)
        .containsEntry("muster.attempt.status", "succeeded");
    assertThat(attempt.failed()).isFalse();
    Received request = spans.named("POST /api/v1/jobs");
    assertThat(request.parent()).isEqualTo(client);
    assertThat(api.results(id).getFirst().path("result").asText()).isEqualTo(attempt.traceparent());
  }

  @Test
  void failedExitCodeIsRetriedWhenAsked() throws IOException {
    Path once = scratch.resolve("once");
    ObjectNode job =
        Api.shell(
            "if [ ! -e '"
                + once
                + "' ]; then touch '"
                + once
                + "'; echo first try >&2; exit 9; fi; echo \"{\\\"attempt\\\":$MUSTER_ATTEMPT}\" > \"$MUSTER_TASK_RESULT\"");
    job.put("retries", 2);

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    JsonNode result = api.results(ended.path("job_id").asText()).getFirst();
    assertThat(result.path("result").path("attempt").asInt()).isEqualTo(2);
  }

  @Test
  void failedAttemptsOutputStaysUntilTheNextOneWrites() throws IOException {
    Path once = scratch.resolve("failed-once");
    Path write = scratch.resolve("write");
    ObjectNode job =
        Api.shell(
            "if [ ! -e '%1$s' ]; then touch '%1$s'; echo words of the first; exit 9; fi;"
                    .formatted(once)
                + " touch '%1$s.2'; while [ ! -e '%2$s' ]; do sleep 0.05; done;"
                    .formatted(once, write)
                + " echo words of the second; "
                + ECHO);
    job.put("retries", 2);
    String id = api.submit(job.toString());
    String output = "/api/v1/jobs/" + id + "/output";

    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(scratch.resolve("failed-once.2")));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> api.get(output).body().path("output").asText(), "words of the first\n"::equals);
    // How the attempt ended and what it wrote come by different topics.
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> api.tasks(id).getFirst().at("/last_failed_attempt/exit_code").asInt() == 9);
    assertThat(api.tasks(id).getFirst().at("/live_feedback/output_tail").asText())
        .isEqualTo("words of the first\n");
    Files.createFile(write);
    api.awaitEnd(id, Duration.ofMinutes(2));

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> api.get(output).body().path("output").asText(), "words of the second\n"::equals);
  }

  @Test
  void endOfAJobIsToldByWebhookAndToldAgainByTheClient() throws Exception {
    try (HookReceiver receiver = new HookReceiver()) {
      String made = client("webhooks", "add", receiver.url("/all"), "--events", "job.completed");
      String endpoint = found("ep_[0-9A-Z]{26}", made);
      String signedWith = found("whsec_[A-Za-z0-9+/=]+", made);
      String callbacks = found("whsec_[A-Za-z0-9+/=]+", client("webhooks", "rotate", "callback"));
      ObjectNode job = Api.shell(ECHO);
      job.putObject("payload").put("x", 1);
      job.put("callback_url", receiver.url("/one"));

      String id = api.run(job.toString()).path("job_id").asText();

      // The first answer is 500; the schedule says five seconds.
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> receiver.on("/all").size() == 2 && receiver.on("/one").size() == 2);
      for (HookReceiver.Received received : receiver.on("/all")) {
        received.verify(signedWith);
        assertThat(received.id()).isEqualTo(receiver.on("/all").getFirst().id());
        assertThat(received.body()).contains(id, "\"job.completed\"");
      }
      receiver.on("/one").getLast().verify(callbacks);
      String delivery = receiver.on("/all").getFirst().id();
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() ->
              client("webhooks", "deliveries", endpoint, "--state", "delivered")
                  .contains(delivery));
      client("webhooks", "redeliver", endpoint, delivery);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> receiver.on("/all").size() == 3);
      assertThat(receiver.on("/all").getLast().id()).isEqualTo(delivery);
      assertThat(client("webhooks", "list")).contains(endpoint, "active");
      api.delete("/api/v1/webhooks/" + endpoint);
    }
  }

  private String client(String... arguments) {
    Platform.Output output = platform.muster(Duration.ofMinutes(1), arguments);
    assertThat(output.exitCode()).as(output.text()).isZero();
    return output.text();
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group();
  }

  @Test
  void nothingAUserReadsTellsWhereTheTasksRan() throws IOException {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    ObjectNode job =
        Api.shell(
            "pwd; env; cat /proc/sys/kernel/hostname; echo 'step 3/4';"
                + " ls /no/such/file \"$MUSTER_TASK_PAYLOAD\"; exit 4");
    job.putObject("requirements").put("gpus", 1);
    HookReceiver receiver = new HookReceiver();
    client("webhooks", "rotate", "callback");
    job.put("callback_url", receiver.url("/"));
    String folder = platform.folder().toRealPath().toString();
    String id = api.submit(job.toString());

    String stream = api.text("/api/v1/jobs/" + id + "/stream", Duration.ofMinutes(1));
    List<String> texts = new ArrayList<>(List.of(stream));
    for (String path :
        List.of(
            "",
            "?at=" + Instant.now(),
            "/tasks",
            "/output",
            "/inline-progress",
            "/explain",
            "/events",
            "/package",
            "/shares")) {
      texts.add(api.text("/api/v1/jobs/" + id + path, Duration.ofSeconds(30)));
    }
    for (String path :
        List.of(
            "/api/v1/results/" + id,
            "/api/v1/jobs/watch?ids=" + id,
            "/api/v1/jobs",
            "/api/v1/jobs/export",
            "/api/v1/jobs/export?format=csv",
            "/api/v1/stats",
            "/api/v1/artifacts",
            "/api/v1/account/ledger",
            "/api/v1/balance/entries")) {
      texts.add(api.text(path, Duration.ofSeconds(30)));
    }
    JobEventsTopic.read(platform.port("kafka")).stream()
        .filter(record -> id.endsWith(record.key()))
        .forEach(record ->
            texts.add(
                record.headers()
                    + new String(Objects.requireNonNull(record.body()), StandardCharsets.UTF_8)));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> receiver.on("/").size() == 2);
    receiver.on("/").forEach(received -> texts.add(received.headers() + received.body()));
    texts.add(api.text("/api/v1/webhooks/callback/deliveries", Duration.ofSeconds(30)));
    receiver.close();

    assertThat(texts).anyMatch(text -> text.contains("MUSTER_TASK_PAYLOAD=/work/payload.json"));
    assertThat(texts).noneMatch(text -> text.contains(folder));
    assertThat(texts).noneMatch(text -> text.matches("(?s).*worker-(agent|1|2).*"));
    assertThat(texts).noneMatch(text -> text.matches("(?s).*GPU-[0-9a-f]{8}-.*"));
    if (host.length() > 5 && !host.equals("localhost")) {
      assertThat(texts).noneMatch(text -> text.contains(host));
    }
  }

  @Test
  void streamTellsEveryChangeInOrderAndEnds() {
    Path heard = scratch.resolve("heard");
    ObjectNode job =
        Api.shell(
            "while [ ! -e '"
                + heard
                + "' ]; do echo hello from the task; echo 'MUSTER_PROGRESS:{\"step\":1}';"
                + " sleep 0.1; done; "
                + ECHO);
    job.putObject("payload").put("x", 1);
    String id = api.submit(job.toString());

    String stream =
        api.text(
            "/api/v1/jobs/" + id + "/stream?after=0",
            Duration.ofSeconds(60),
            line -> {
              if (line.contains("hello from the task")) {
                touch(heard);
              }
            });

    List<Long> numbers = Api.numbersOfJobEvents(stream);
    assertThat(stream)
        .contains("event:end")
        .contains("\"completed\"")
        .contains("hello from the task");
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.getLast()).boxed().toList());
    long half = numbers.get(numbers.size() / 2);
    String rest = api.text("/api/v1/jobs/" + id + "/stream?after=" + half, Duration.ofSeconds(60));
    assertThat(rest).contains("event:end");
    assertThat(Api.numbersOfJobEvents(rest)).startsWith(half + 1).isSubsetOf(numbers);
  }

  private static void touch(Path file) {
    try {
      Files.write(file, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs last: it leaves thousands of jobs in the queue. */
  @Test
  @Order(Integer.MAX_VALUE)
  void submittedJobIsReadableAtOnceTenThousandTimes() throws Exception {
    int each = 625;
    Map<Integer, Integer> answers = new ConcurrentHashMap<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < 16; client++) {
        done.add(
            clients.submit(() -> {
              for (int i = 0; i < each; i++) {
                String id = api.submit("{\"runner_command\":[\"muster:noop\"]}");
                answers.merge(api.get("/api/v1/jobs/" + id).status(), 1, Integer::sum);
              }
            }));
      }
      awaitAll(done);
    }

    assertThat(answers).as("answers to the read after the submit").doesNotContainKey(404);
    assertThat(answers.get(200)).isGreaterThan(9_900);
  }

  @Test
  void hundredParallelSubmitsWithOneKeyMakeOneJob() throws Exception {
    Set<String> ids = ConcurrentHashMap.newKeySet();
    String body = Api.shell(ECHO).put("client_ref", "one-of-a-hundred").toString();
    try (ExecutorService clients = Executors.newFixedThreadPool(100)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        done.add(
            clients.submit(() -> {
              Api.Answer answer =
                  Awaitility.await()
                      .atMost(Duration.ofSeconds(30))
                      .until(
                          () -> api.post("/api/v1/jobs", body, "Idempotency-Key", "the-same"),
                          got -> got.status() != 409);
              assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
              ids.add(answer.body().path("job_id").asText());
            }));
      }
      awaitAll(done);
    }

    assertThat(ids).hasSize(1);
    Api.Answer other =
        api.post(
            "/api/v1/jobs",
            body.replace("one-of-a-hundred", "another"),
            "Idempotency-Key",
            "the-same");
    assertThat(other.status()).isEqualTo(422);
  }

  private static void awaitAll(List<Future<?>> futures)
      throws InterruptedException, ExecutionException {
    for (Future<?> future : futures) {
      future.get();
    }
  }

  private JsonNode onlyTask(String script) {
    JsonNode ended = api.run(Api.shell(script).toString());
    assertThat(ended.path("status").asText()).isEqualTo("failed");
    return api.tasks(ended.path("job_id").asText()).getFirst();
  }
}
