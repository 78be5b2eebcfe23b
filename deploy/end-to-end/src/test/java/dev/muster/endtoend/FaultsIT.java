package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to jobs when parts of the platform die or freeze. Leases are short, so that losses
 * are noticed in seconds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
  private Platform platform;
  private Api api;
  private Path scratch;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    scratch = Files.createDirectories(folder.resolve("scratch"));
    platform =
        Platform.start(
            Files.createDirectories(folder.resolve("platform")),
            Map.of(
                "DISPATCHER_LEASE",
                "4S",
                "DISPATCHER_HEARTBEAT",
                "0.5S",
                "AGENT_FILE_PATIENCE",
                "10M",
                "GATEWAY_STORE_ABANDONED_AFTER",
                "10S",
                "GATEWAY_STORE_RELEASED_AFTER",
                "1S",
                "GATEWAY_STORE_COLLECT_EVERY",
                "1S"));
    api = platform.api();
  }

  @AfterAll
  void stop() {
    platform.close();
  }

  @Test
  void everyTaskCountsOnceThoughEveryPartIsKilled() throws Exception {
    int tasks = 2_000;
    ObjectNode job =
        Api.shell(
            "sleep 0.02; echo \"{\\\"index\\\":$MUSTER_TASK_INDEX,\\\"square\\\":$((MUSTER_TASK_INDEX*MUSTER_TASK_INDEX))}\" > \"$MUSTER_TASK_RESULT\"");
    job.putObject("fan_out").put("chunks", tasks).put("total", tasks).put("range_field", "n");
    job.putObject("retries").put("infrastructure", 20);
    String id = api.submit(job.toString());

    double redelivered = 0;
    // The aggregator twice: once it may die just after its offsets were committed, and see nothing
    // again.
    List<String> victims =
        List.of(
            "worker-1",
            "result-aggregator",
            "task-dispatcher",
            "worker-agent",
            "kafka",
            "result-aggregator",
            "job-planner",
            "api-gateway");
    for (int i = 0; i < victims.size(); i++) {
      int enough = 100 + i * tasks / 10;
      Awaitility.await("progress before the kill of " + victims.get(i))
          .atMost(Duration.ofMinutes(3))
          .ignoreExceptions()
          .until(() -> api.job(id).path("counts").path("succeeded").asInt() >= enough);
      platform.signal(victims.get(i), "KILL");
      platform.up();
      redelivered = Math.max(redelivered, metric("result-aggregator", "task_events_ignored_total"));
    }
    JsonNode ended = api.awaitEnd(id, Duration.ofMinutes(4));
    redelivered = Math.max(redelivered, metric("result-aggregator", "task_events_ignored_total"));

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    assertThat(ended.path("counts").path("succeeded").asInt()).isEqualTo(tasks);
    Set<Integer> seen = new HashSet<>();
    for (JsonNode result : api.results(id)) {
      int index = result.path("index").asInt();
      assertThat(result.path("result").path("index").asInt()).isEqualTo(index);
      assertThat(result.path("result").path("square").asLong()).isEqualTo((long) index * index);
      assertThat(seen.add(index)).as("result %d counted twice", index).isTrue();
    }
    assertThat(seen).hasSize(tasks);
    assertThat(eventNumbers(id))
        .as("numbers of the job's events")
        .isEqualTo(countingTo(ended.path("version").asLong()));
    assertThat(ended.path("attempts_lost").asInt())
        .as("attempts lost: the faults really bit")
        .isPositive();
    assertThat(redelivered)
        .as("task events seen twice by the aggregator: the faults really bit")
        .isPositive();
  }

  @Test
  void lateResultOfAFrozenWorkerIsRefused() throws Exception {
    Path go = scratch.resolve("go");
    Path runs = scratch.resolve("runs");
    ObjectNode job =
        Api.shell(
            "echo $MUSTER_ATTEMPT >> '"
                + runs
                + "'; while [ ! -e '"
                + go
                + "'$MUSTER_ATTEMPT ]; do sleep 0.1; done;"
                + " echo \"{\\\"attempt\\\":$MUSTER_ATTEMPT}\" > \"$MUSTER_TASK_RESULT\"");
    job.putObject("retries").put("infrastructure", 3);
    double staleBefore = metric("task-dispatcher", "task_reports_stale_total");
    String id = api.submit(job.toString());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(runs) && !Files.readAllLines(runs).isEmpty());
    String frozen = workerThatRuns(id);

    platform.signal(frozen, "STOP");
    try {
      Files.createFile(scratch.resolve("go1"));
      Awaitility.await("second attempt elsewhere")
          .atMost(Duration.ofSeconds(40))
          .until(() -> Files.readAllLines(runs).size() == 2);
    } finally {
      platform.signal(frozen, "CONT");
    }
    Awaitility.await("the late report is refused and counted")
        .atMost(Duration.ofSeconds(30))
        .until(() -> metric("task-dispatcher", "task_reports_stale_total") > staleBefore);
    Files.createFile(scratch.resolve("go2"));
    JsonNode ended = api.awaitEnd(id, Duration.ofSeconds(60));

    assertThat(ended.path("status").asText()).isEqualTo("completed");
    JsonNode result = api.results(id).getFirst();
    assertThat(result.path("result").path("attempt").asInt()).isEqualTo(2);
    assertThat(result.path("attempt").asInt()).isEqualTo(2);
    assertThat(ended.path("attempts_lost").asInt()).isEqualTo(1);
  }

  @Test
  void fileOfAWorkerThatIsKilledWhileItUploadsIsThereOnce() throws Exception {
    long size = 200_000_000;
    Path runs = scratch.resolve("upload-runs");
    String id = leaves(size, "echo run >> '" + runs + "'; " + waitFor("upload-go"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(runs) && !Files.readAllLines(runs).isEmpty());
    long worker = platform.pid(workerThatRuns(id));
    long gateway = platform.pid("api-gateway");

    Files.createFile(scratch.resolve("upload-go"));
    awaitIncoming();
    platform.signal(gateway, "STOP");
    platform.signal(worker, "KILL");
    platform.signal(gateway, "CONT");
    platform.up();
    JsonNode ended = api.awaitEnd(id, Duration.ofMinutes(3));

    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    assertThat(ended.path("attempts_lost").asInt()).as("the fault really bit").isPositive();
    assertThat(listed(id, size)).hasSize(1);
    Awaitility.await("what the killed worker left goes")
        .atMost(Duration.ofMinutes(2))
        .until(() -> platform.stored("incoming", 1).isEmpty());
  }

  @Test
  void gatewayThatIsKilledWhileItStoresPacksAndDeletesLosesAndDoublesNothing() throws Exception {
    long size = 300_000_000;
    String id = leaves(size, waitFor("pack-go"));
    long gateway = platform.pid("api-gateway");

    Files.createFile(scratch.resolve("pack-go"));
    awaitIncoming();
    platform.signal(gateway, "KILL");
    platform.up();
    JsonNode ended = api.awaitEnd(id, Duration.ofMinutes(5));
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    assertThat(listed(id, size)).hasSize(1);

    gateway = platform.pid("api-gateway");
    awaitIncoming();
    platform.signal(gateway, "KILL");
    platform.up();
    Path folder = scratch.resolve("pack");
    Platform.Output download =
        platform.muster(Duration.ofMinutes(5), "download", id, folder.toString());
    assertThat(download.exitCode()).as(download.text()).isZero();
    Process check =
        new ProcessBuilder("sha256sum", "-c", "output.sha256").directory(folder.toFile()).start();
    assertThat(check.waitFor()).isZero();

    gateway = platform.pid("api-gateway");
    assertThat(api.delete("/api/v1/jobs/" + id).status()).isEqualTo(204);
    platform.signal(gateway, "KILL");
    platform.up();
    assertThat(api.get("/api/v1/jobs/" + id + "/download").status()).isEqualTo(410);
    assertThat(api.job(id).path("status").asText()).isEqualTo("completed");
    Awaitility.await("the bytes of file and package are given back")
        .atMost(Duration.ofMinutes(2))
        .until(() -> listed(id, size).isEmpty() && platform.stored("", size).isEmpty());
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> deletionsTold(id) == 1);
  }

  /** Submits a job that leaves a file of so many bytes when its script has run. */
  private String leaves(long size, String script) {
    ObjectNode job =
        Api.shell(
            "head -c "
                + size
                + " /dev/zero > \"$MUSTER_ARTIFACTS_DIR/big.bin\"; "
                + script
                + "; echo '{}' > \"$MUSTER_TASK_RESULT\"");
    job.putObject("retries").put("infrastructure", 5);
    return api.submit(job.toString());
  }

  private String waitFor(String file) {
    return "while [ ! -e '" + scratch.resolve(file) + "' ]; do sleep 0.1; done";
  }

  /** Until the gateway has begun to write a file, and has written some of it. */
  private void awaitIncoming() {
    Awaitility.await("a file that is being written")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !platform.stored("incoming", 1_000_000).isEmpty());
  }

  private List<JsonNode> listed(String job, long size) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode file : api.get("/api/v1/artifacts?job=" + job).body().path("data")) {
      assertThat(file.path("size_bytes").asLong()).isEqualTo(size);
      found.add(file);
    }
    return found;
  }

  private long deletionsTold(String job) {
    return api
        .get("/api/v1/jobs/" + job + "/events")
        .body()
        .path("data")
        .findValuesAsText("kind")
        .stream()
        .filter(kind -> kind.equalsIgnoreCase("results_deleted"))
        .count();
  }

  /** The component whose process is the ancestor of the task's command. */
  private String workerThatRuns(String job) {
    String bare = job.substring(job.indexOf('_') + 1);
    for (String worker : List.of("worker-agent", "worker-1", "worker-2")) {
      long pid = platform.pid(worker);
      boolean runs =
          ProcessHandle.of(pid).stream()
              .flatMap(ProcessHandle::descendants)
              .anyMatch(child ->
                  environment(child.pid()).contains("MUSTER_JOB_ID=job_" + bare)
                      || environment(child.pid()).contains("MUSTER_JOB_ID=" + bare));
      if (runs) {
        return worker;
      }
    }
    throw new AssertionError("no worker runs " + job);
  }

  private static String environment(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "environ"));
    } catch (IOException e) {
      return "";
    }
  }

  private List<Long> eventNumbers(String id) {
    return Api.numbersOfJobEvents(
        api.text("/api/v1/jobs/" + id + "/stream?after=0", Duration.ofSeconds(60)));
  }

  private static List<Long> countingTo(long last) {
    List<Long> numbers = new ArrayList<>();
    for (long n = 1; n <= last; n++) {
      numbers.add(n);
    }
    return numbers;
  }

  /**
   * The sum over all series of a counter, from a component's own metrics page; 0 before the first
   * count.
   */
  private double metric(String component, String name) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + platform.port(component) + "/q/metrics"))
            .timeout(Duration.ofSeconds(10))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      double sum = 0;
      for (String line :
          client.send(request, HttpResponse.BodyHandlers.ofString()).body().split("\n")) {
        if (line.startsWith(name)) {
          sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        }
      }
      return sum;
    }
  }
}
