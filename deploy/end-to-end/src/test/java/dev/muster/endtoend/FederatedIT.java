package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Federated training on the packaged platform, with its faults; leases are short. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FederatedIT {
  private static final Duration CLIENT = Duration.ofMinutes(2);
  private static final int SHARDS = 4;
  private static final int ROUNDS = 3;

  /**
   * Linear regression over numbers that follow from the shard. In round 2 every first attempt says
   * that it runs, and who its agent is, and waits for its end.
   */
  private static final String MODEL =
      """
      import array, math, os, time

      def initial_model(env):
          return {"w": [0.1, -0.1, 0.2], "b": array.array("d", [0.0]), "seen": array.array("q", [0])}

      def rows(shard):
          for i in range(10 + 5 * shard):
              x = [math.sin(3 * i + j + shard) for j in range(3)]
              yield x, 2 * x[0] - x[1] + 0.5 * x[2] + 0.1 * shard

      def fl_train(model, env, out_dir, logger):
          shard = env["PAYLOAD"]["site"]
          if env["ROUND"] == 2 and os.environ["MUSTER_ATTEMPT"] == "1":
              marker = os.path.join(env["met"], str(shard))
              with open(marker + ".part", "w") as out:
                  out.write(str(os.getppid()))
              os.rename(marker + ".part", marker)
              while True:
                  time.sleep(60)
          w, b = list(model["w"].data), model["b"].data[0]
          loss = 0
          for epoch in range(env["EPOCHS"]):
              for x, y in rows(shard):
                  error = sum(p * q for p, q in zip(w, x)) + b - y
                  w = [p - env["LR"] * error * q for p, q in zip(w, x)]
                  b -= env["LR"] * error
                  loss = error * error
          samples = sum(1 for _ in rows(shard))
          model["seen"].data[0] += samples
          with open(os.path.join(out_dir, "note.txt"), "w") as out:
              out.write(f"site {shard}")
          return {"model": {"w": w, "b": array.array("d", [b]), "seen": model["seen"]},
                  "num_samples": samples, "loss": loss}
      """;

  /** Computes the same on its own, and compares: nothing of the platform's program is in it. */
  private static final String REFERENCE =
      """
      import math, struct, sys, zipfile
      from fractions import Fraction

      def f32(x):
          return struct.unpack("<f", struct.pack("<f", x))[0]

      w, b, seen = [f32(x) for x in (0.1, -0.1, 0.2)], 0.0, 0
      for number in range(3):
          learnt = []
          for shard in range(4):
              n = 10 + 5 * shard
              v, c = list(w), b
              for epoch in range(2):
                  for i in range(n):
                      x = [math.sin(3 * i + j + shard) for j in range(3)]
                      e = sum(p * q for p, q in zip(v, x)) + c - (2 * x[0] - x[1] + 0.5 * x[2] + 0.1 * shard)
                      v = [p - 0.05 * e * q for p, q in zip(v, x)]
                      c -= 0.05 * e
              learnt.append((n, [f32(p) for p in v], c, seen + n))
          total = sum(n for n, *_ in learnt)
          w = [f32(sum(n * v[k] for n, v, _, _ in learnt) / total) for k in range(3)]
          b = sum(n * c for n, _, c, _ in learnt) / total
          seen = round(Fraction(sum(n * s for n, _, _, s in learnt), total))
      with zipfile.ZipFile(sys.argv[1]) as file:
          root = file.namelist()[0].split("/")[0]
          got = [struct.unpack("<3f", file.read(root + "/data/0")),
                 struct.unpack("<1d", file.read(root + "/data/1")),
                 struct.unpack("<1q", file.read(root + "/data/2"))]
      print(max(abs(p - q) for p, q in zip([*got[0], *got[1], *got[2]], [*w, b, seen])))
      """;

  private Platform platform;
  private Api api;
  private Path sources;
  private Path scratch;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    scratch = Files.createDirectories(folder.resolve("scratch"));
    sources = Files.createDirectories(folder.resolve("sources"));
    platform =
        Platform.start(
            Files.createDirectories(folder.resolve("platform")),
            Map.of("DISPATCHER_LEASE", "8S", "DISPATCHER_HEARTBEAT", "1S", "AGENT_CPUS", "2"));
    api = platform.api();
  }

  @AfterAll
  void stop() {
    platform.close();
  }

  @Test
  void checkpointIsThatOfTheReferenceThoughAWorkerDiesInTheSecondRound() throws Exception {
    Path met = Files.createDirectories(scratch.resolve("met"));
    push("regression", MODEL);
    ObjectNode job = job("regression", SHARDS);
    job.put("client_ref", "Regression 1");
    ObjectNode training = ((ObjectNode) job.path("federated")).putObject("training");
    training.put("learning_rate", 0.05).putObject("extra").put("met", met.toString());
    String id = api.submit(job.toString());

    Awaitility.await("all shards of round 2")
        .atMost(Duration.ofMinutes(3))
        .until(() -> running(met).size() == SHARDS);
    platform.signal(Long.parseLong(running(met).getLast()), "KILL");
    JsonNode ended = api.awaitEnd(id, Duration.ofMinutes(4));

    // What the folder has is asked for in the moment in which the end is seen.
    Path checkpoint = object(id, "model_out/checkpoint.pt");
    String log = Files.readString(object(id, "files_out/training_log.txt"));
    List<String> metrics = Files.readAllLines(object(id, "files_out/metrics.jsonl"));
    platform.up();
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    assertThat(ended.path("attempts_lost").asInt()).isPositive();
    assertThat(Double.parseDouble(python(REFERENCE, checkpoint.toString()))).isLessThan(1e-6);
    assertThat(log.lines().filter(line -> line.startsWith("round")))
        .hasSize(ROUNDS)
        .allMatch(line -> line.contains("4 shard(s), 70 sample(s)"));
    assertThat(metrics).hasSize(ROUNDS);
    assertThat(object(id, "files_out/round-3/shard-2/note.txt")).hasContent("site 2");
    List<JsonNode> results = api.results(id);
    assertThat(results).hasSize(ROUNDS * (SHARDS + 1));
    assertThat(results.subList(SHARDS + 1, 2 * SHARDS + 1))
        .as("the round is repeated as a whole")
        .allMatch(result -> result.path("attempts").asInt() > 1)
        .extracting(result -> result.path("attempts").asInt())
        .containsOnly(results.get(SHARDS + 1).path("attempts").asInt());
  }

  @Test
  void projectWithoutAModelEndsBeforeARound() throws Exception {
    Path tree = Files.createDirectories(sources.resolve("empty"));
    Files.writeString(tree.resolve("README"), "nothing is here");
    push(tree, "empty");

    JsonNode ended = api.run(job("empty", 2).toString());

    failedWith(ended, "model_def_missing", "model_def.py");
    assertThat(api.tasks(ended.path("job_id").asText()))
        .as("no round has started")
        .allMatch(task -> task.path("started_at").isNull());
  }

  @Test
  void brokenModelIsNamedWithItsLine() throws Exception {
    push("broken", "def initial_model(env):\n    return {\n\ndef fl_train(:\n");

    failedWith(api.run(job("broken", 2).toString()), "model_def_invalid", "model_def.py, line ");
  }

  @Test
  void requirementThatCannotBeHadIsNamedInTheResolversWords() throws Exception {
    assumeTrue(exit("import ensurepip, venv") == 0, "python3 with venv and ensurepip");
    Path tree = Files.createDirectories(sources.resolve("needy"));
    Files.writeString(tree.resolve("model_def.py"), MODEL);
    Files.writeString(tree.resolve("requirements.txt"), "--no-index\nno-such-thing==9.9\n");
    push(tree, "needy");

    failedWith(
        api.run(job("needy", 2).toString()),
        "requirements_resolution_failed",
        "no-such-thing==9.9");
  }

  @Test
  void otherNumberOfWorkersThanShardsIsNamed() throws Exception {
    push("mismatch", MODEL);
    ObjectNode job = job("mismatch", 3);
    ((ObjectNode) job.path("federated")).put("workers", 2);

    failedWith(
        api.run(job.toString()),
        "shard_count_mismatch",
        "Expected exactly 3 workers for 3 shards, but 2 were named");
  }

  @Test
  void exactlyAsManyWorkersAsShardsAreSelectedWhateverWasNamed() throws Exception {
    push(
        "exact",
        """
        import os

        def initial_model(env):
            return {"w": [0.0]}

        def fl_train(model, env, out_dir, logger):
            logger.info("members %s", os.environ["MUSTER_GANG_MEMBERS"])
            return {"num_samples": 1, "agent": os.getppid()}
        """);
    ObjectNode job = job("exact", 2);
    ((ObjectNode) job.path("federated"))
        .put("rounds", 1)
        .put("workers", 3)
        .put("auto_select_workers", true);

    JsonNode ended = api.run(job.toString());

    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    assertThat(ended.path("gang").toString())
        .isEqualTo("{\"size\":2,\"gangs\":1,\"worker_each\":true}");
    assertThat(api.results(ended.path("job_id").asText()).subList(0, 2))
        .extracting(result -> result.at("/result/metrics/agent").asLong())
        .doesNotHaveDuplicates();
  }

  @Test
  void deviceMemoryThatIsShortIsNamedWithTheAdvice() throws Exception {
    push(
        "hungry",
        """
        def initial_model(env):
            return {"w": [0.0]}

        class OutOfMemoryError(RuntimeError):
            __module__ = "torch"

        def fl_train(model, env, out_dir, logger):
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total"
                                   " capacity of 15.89 GiB of which 11.02 GiB is free.")
        """);

    JsonNode ended = api.run(job("hungry", 2).toString());

    failedWith(ended, "cuda_oom", "GPU memory");
    assertThat(ended.path("recommended_action").asText()).contains("GPU with more memory");
    assertThat(api.get("/api/v1/jobs/" + ended.path("job_id").asText() + "/output").body())
        .asString()
        .contains("Tried to allocate 20.00 GiB");
  }

  private void failedWith(JsonNode ended, String code, String error) {
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("failed");
    assertThat(ended.path("error_code").asText()).as(ended.toString()).isEqualTo(code);
    assertThat(ended.path("recommended_action").asText()).isNotBlank();
    assertThat(ended.path("counts").path("succeeded").asInt()).isZero();
    List<String> errors = new ArrayList<>(List.of(ended.path("error").asText()));
    api.results(ended.path("job_id").asText())
        .forEach(result -> errors.add(result.path("error").asText()));
    assertThat(errors).as(ended.toString()).anyMatch(one -> one.contains(error));
  }

  private static ObjectNode job(String project, int shards) {
    ObjectNode job = Platform.JSON.createObjectNode();
    job.put("type", "federated").put("project", project).put("timeout_s", 300);
    ObjectNode federated = job.putObject("federated").put("rounds", ROUNDS);
    ArrayNode each = federated.putArray("shards");
    for (int shard = 0; shard < shards; shard++) {
      each.addObject().put("site", shard);
    }
    return job;
  }

  /** The agents of the shards that run, by shard. */
  private static List<String> running(Path met) throws IOException {
    List<String> agents = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Path marker = met.resolve(Integer.toString(shard));
      if (Files.exists(marker)) {
        agents.add(Files.readString(marker));
      }
    }
    return agents;
  }

  /** A file of the job's folder in the bucket. */
  private Path object(String id, String name) throws IOException {
    String folder = api.get("/api/v1/storage/jobs/" + id).body().path("folder").asText();
    String key = URLEncoder.encode(folder + name, StandardCharsets.UTF_8);
    byte[] bytes = api.bytes("/api/v1/storage/object?key=" + key);
    return Files.write(
        scratch.resolve(name.replace('/', '-')),
        Objects.requireNonNull(bytes, "no object " + folder + name));
  }

  private void push(String name, String model) throws IOException {
    Path tree = Files.createDirectories(sources.resolve(name));
    Files.writeString(tree.resolve("model_def.py"), model);
    push(tree, name);
  }

  private void push(Path tree, String name) {
    Platform.Output pushed = platform.muster(CLIENT, "push", tree.toString(), "--name", name);
    assertThat(pushed.exitCode()).as(pushed.text()).isZero();
  }

  private static int exit(String script) throws Exception {
    Process process = new ProcessBuilder("python3", "-c", script).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private static String python(String script, String argument) throws Exception {
    Process process =
        new ProcessBuilder("python3", "-c", script, argument).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }
}
