package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.consumer.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever reads {@code muster.job.events} and nothing else has the job list of the API, field for
 * field, after random jobs and crashes. {@code -Drebuild.jobs=10000} is the whole trial, {@code
 * -Drebuild.seed=n} another one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RebuildIT {
  private static final int JOBS = Integer.getInteger("rebuild.jobs", 180);
  private static final long SEED = Long.getLong("rebuild.seed", 10);
  private static final List<String> PARTS =
      List.of(
          "result-aggregator",
          "task-dispatcher",
          "kafka",
          "worker-1",
          "job-planner",
          "api-gateway");

  /** Jobs whose results are deleted after their end. */
  private static final int DELETED = 9;

  /** Crashes in a trial; each part crashes as often as the others. */
  private static final int CRASHES = 6 * Math.max(1, JOBS / 2_500);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final RandomJobs jobs = new RandomJobs(SEED);
  private Platform platform;
  private Api api;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    platform =
        Platform.start(
            Files.createDirectories(folder.resolve("platform")),
            Map.of("DISPATCHER_LEASE", "4S", "DISPATCHER_HEARTBEAT", "0.5S"));
    api = platform.api();
  }

  @AfterAll
  void stop() {
    platform.close();
  }

  @Test
  @Order(1)
  void topicTellsTheJobListFieldForField() {
    for (int crash = 0; crash < CRASHES; crash++) {
      submit(JOBS / CRASHES);
      platform.signal(PARTS.get(crash % PARTS.size()), "KILL");
      platform.up();
    }
    submit(JOBS - JOBS / CRASHES * CRASHES);
    Map<String, JsonNode> ended =
        Awaitility.await("all jobs have ended; seed " + SEED)
            .atMost(Duration.ofMinutes(5).plusMillis(JOBS * 50L))
            .pollInterval(Duration.ofSeconds(2))
            .ignoreExceptions()
            .until(() -> ListedJobs.ended(api), all -> all.size() == JOBS);

    ended.keySet().stream().limit(DELETED).forEach(id -> api.delete("/api/v1/jobs/" + id));

    Awaitility.await("the last events are published")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> {
          Map<String, JsonNode> shown = ListedJobs.all(api);
          assertThat(shown.values())
              .filteredOn(job -> !job.path("result_persisted").asBoolean())
              .hasSize(DELETED);
          ListedJobs.compare(shown, JobEventsTopic.jobs(records()));
        });

    List<Delivery> records = records();
    assertThat(JobEventsTopic.faults(records)).isEmpty();
    assertThat(JobEventsTopic.jobs(records).gaps()).isEmpty();
  }

  @Test
  @Order(2)
  void plantedGapAndPlantedDuplicateAreSeen() {
    List<Delivery> records = records();
    Delivery first = records.getFirst();
    List<Delivery> others = records.stream().filter(r -> !id(r).equals(id(first))).toList();
    List<Delivery> doubled = new ArrayList<>(records);
    doubled.add(
        new Delivery(first.key(), first.headers(), other(Objects.requireNonNull(first.body()))));

    assertThat(JobEventsTopic.faults(others)).hasSize(1);
    assertThat(JobEventsTopic.jobs(others).gaps()).containsExactly(first.key());
    assertThat(JobEventsTopic.faults(doubled)).hasSize(1);
  }

  @Test
  @Order(3)
  void exampleInPythonTellsTheSame() throws Exception {
    String python = python();
    if (python == null) {
      Assumptions.abort("no Python with confluent_kafka on this machine");
      return;
    }
    Path example = Platform.repository().resolve("examples/job_list.py");
    Path out = Files.createTempFile("job-list", ".jsonl");
    Process process =
        new ProcessBuilder(python, example.toString(), "127.0.0.1:" + platform.port("kafka"))
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();

    assertThat(process.exitValue()).isZero();
    Map<String, JsonNode> told = new HashMap<>();
    for (String line : Files.readAllLines(out)) {
      JsonNode job = Platform.JSON.readTree(line);
      told.put(job.path("job_id").asText(), job);
    }
    ListedJobs.compare(ListedJobs.all(api), told);
  }

  /** Submits jobs in batches, and asks for the end of some of them. */
  private void submit(int count) {
    for (int left = count; left > 0; left -= 100) {
      ObjectNode body = Platform.JSON.createObjectNode();
      ArrayNode batch = body.putArray("jobs");
      for (int i = Math.min(left, 100); i > 0; i--) {
        batch.add(jobs.any());
      }
      Api.Answer answer = api.post("/api/v1/jobs/batch", body.toString());
      assertThat(answer.body().path("accepted").asInt())
          .as(answer.body().toString())
          .isEqualTo(batch.size());
      for (JsonNode job : answer.body().path("jobs")) {
        if (random.nextInt(12) == 0) {
          api.put("/api/v1/jobs/" + job.path("job_id").asText() + "/cancel", "{}");
        }
      }
    }
  }

  private List<Delivery> records() {
    return JobEventsTopic.read(platform.port("kafka"));
  }

  private static String id(Delivery record) {
    return record.headers().getOrDefault("ce_id", "");
  }

  private static byte[] other(byte[] body) {
    return new String(body, StandardCharsets.UTF_8)
        .replace("\"pool\":\"default\"", "\"pool\":\"other\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String python() throws IOException, InterruptedException {
    for (String candidate : List.of("/usr/bin/python3", "python3")) {
      Process process =
          new ProcessBuilder(candidate, "-c", "import confluent_kafka")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0) {
        return candidate;
      }
    }
    return null;
  }
}
