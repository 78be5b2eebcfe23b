package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.consumer.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker loses its disk, twice, while jobs are in all states. Afterwards the topic tells
 * a foreigner the same as the API.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaWipedIT {
  private static final int JOBS = 500;
  private static final int GATED = 12;
  private static final int CANCELLED = 40;

  private final RandomJobs random = new RandomJobs(22);
  private final List<String> jobs = new ArrayList<>();
  private final Set<String> cancelled = new HashSet<>();
  private Platform platform;
  private Api api;
  private Path go;
  private Path over;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    go = scratch.resolve("go");
    over = scratch.resolve("over");
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
  void everyJobEndsRightThoughTheBrokerLosesItsDiskTwice() throws Exception {
    submit(150);
    awaitEnded(50);
    for (int i = 0; i < GATED; i++) {
      jobs.add(api.submit(gated().toString()));
    }
    submit(200);
    awaitRunningGate();
    cancelSome();
    // What the planner and the aggregator have not read when the broker dies is lost for good.
    platform.signal("job-planner", "KILL");
    submit(JOBS - 350 - GATED);
    wipe();
    platform.signal("result-aggregator", "KILL");
    Files.createFile(go);
    Awaitility.await("a gated task has ended unheard")
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(over));
    wipe();

    Map<String, JsonNode> ended = awaitEnded(JOBS);

    assertThat(ended).hasSize(JOBS);
    ended.forEach((id, job) -> {
      // A wish that came too late was refused, and says so.
      boolean won =
          cancelled.contains(id)
              && !job.path("cancellation").path("state").asText().equals("failed");
      assertThat(job.path("status").asText())
          .as("%s: %s", id, job)
          .isEqualTo(won ? "cancelled" : "completed");
      JsonNode counts = job.path("counts");
      if (!won) {
        assertThat(counts.path("succeeded")).as(id).isEqualTo(counts.path("total"));
      }
    });
  }

  @Test
  @Order(2)
  void topicTellsTheJobListFieldForField() {
    Map<String, JsonNode> shown = ListedJobs.all(api);

    Awaitility.await("everything is sent again")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> ListedJobs.compare(shown, JobEventsTopic.jobs(records())));

    List<Delivery> records = records();
    assertThat(JobEventsTopic.faults(records)).isEmpty();
    assertThat(JobEventsTopic.jobs(records).gaps()).isEmpty();
  }

  private void submit(int count) {
    for (int i = 0; i < count; i++) {
      jobs.add(api.submit(random.processes().toString()));
    }
  }

  private ObjectNode gated() {
    ObjectNode job =
        Api.shell(
            "while [ ! -e '"
                + go
                + "' ]; do sleep 0.1; done; echo 1 > \"$MUSTER_TASK_RESULT\"; : > '"
                + over
                + "'");
    job.put("priority", 100).putObject("retries").put("infrastructure", 20);
    return job;
  }

  private void cancelSome() {
    for (int i = 0; i < CANCELLED; i++) {
      String id = jobs.get(150 + GATED + i * 3);
      Api.Answer answer = api.put("/api/v1/jobs/" + id + "/cancel", "{\"reason\":\"wiped\"}");
      if (answer.status() == 202 || answer.status() == 200) {
        cancelled.add(id);
      }
    }
  }

  private void awaitRunningGate() {
    Awaitility.await("a gated job runs")
        .atMost(Duration.ofMinutes(2))
        .until(() ->
            jobs.subList(150, 150 + GATED).stream()
                .anyMatch(id -> api.job(id).path("status").asText().equals("running")));
  }

  private Map<String, JsonNode> awaitEnded(int enough) {
    return Awaitility.await(enough + " jobs have ended")
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(() -> ListedJobs.ended(api), ended -> ended.size() >= enough);
  }

  private void wipe() throws IOException {
    platform.signal("kafka", "KILL");
    Path data = platform.folder().resolve(".muster/data/kafka");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    platform.up();
  }

  private List<Delivery> records() {
    return JobEventsTopic.read(platform.port("kafka"));
  }
}
