package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program of a federated training's tasks, run by python3 as a worker runs it. */
class FederatedProgramIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL =
      """
      def initial_model(env):
          return {"w": [[1.0, 2.0], [3.0, 4.0]], "b": [0.5]}

      def fl_train(model, env, out_dir, logger):
          logger.info("epochs %d", env["EPOCHS"])
          open(out_dir + "/mine.txt", "w").write("kept")
          for place in range(len(model["w"].data)):
              model["w"].data[place] += env["PAYLOAD"]["step"]
          return {"num_samples": env["PAYLOAD"]["samples"], "loss": env["LR"]}
      """;

  @TempDir Path folder;
  private Path project;

  @BeforeEach
  void project() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(project.resolve("model_def.py"), MODEL);
  }

  /** What a run of the program left. */
  private record Ran(int exit, String output, Path folder) {
    JsonNode result() throws IOException {
      return JSON.readTree(Files.readString(folder.resolve("result.json")));
    }

    JsonNode error() throws IOException {
      return JSON.readTree(Files.readString(folder.resolve("error.json")));
    }
  }

  @Test
  void roundIsTheMeanOfItsShardsWeightedByTheirSamples() throws Exception {
    Ran first = shard("a", 1, 0, 1.0, 1, "{\"learning_rate\":0.5}");
    Ran second = shard("b", 1, 1, 5.0, 3, "{\"extra\":{\"LR\":2}}");
    assertThat(first.exit()).as(first.output()).isZero();
    assertThat(second.exit()).as(second.output()).isZero();

    Ran average = average("c", 1, 1, List.of(first, second));

    assertThat(average.exit()).as(average.output()).isZero();
    Path made = average.folder().resolve("artifacts");
    // 1 sample moved the weights by 1 and 3 samples by 5, which is 4 on average.
    assertThat(tensors(made.resolve("model_out/checkpoint.pt")))
        .isEqualTo(
            "{\"w\": [\"float32\", [2, 2], [5.0, 6.0, 7.0, 8.0]], \"b\": [\"float32\", [1], [0.5]]}");
    assertThat(made.resolve("files_out/training_log.txt"))
        .hasContent(
            "round 1 of 1: 2 shard(s), 4 sample(s), loss 1.625\n"
                + "  shard 0: 1 sample(s), loss 0.5\n  shard 1: 3 sample(s), loss 2\n");
    JsonNode line = JSON.readTree(made.resolve("files_out/metrics.jsonl").toFile());
    assertThat(line.at("/metrics/loss").asDouble()).isEqualTo(1.625);
    assertThat(first.folder().resolve("artifacts/files_out/mine.txt")).hasContent("kept");
    assertThat(first.folder().resolve("artifacts/files_out/train.log")).hasContent("INFO epochs 2");
  }

  @Test
  void laterRoundBeginsWithTheAverageAndGoesOnWithTheLog() throws Exception {
    Ran first = average("one", 1, 2, List.of(shard("a", 1, 0, 1.0, 1, "{}")));
    Path between = first.folder().resolve("artifacts");
    assertThat(between.resolve("model_out")).doesNotExist();

    Ran shard = prepared("b", 2, 0, 1.0, 1, "{}", between.resolve("checkpoint.pt"));
    Ran second = average("two", 2, 2, List.of(shard), between.resolve("files_out"));

    assertThat(second.exit()).as(second.output()).isZero();
    assertThat(tensors(second.folder().resolve("artifacts/model_out/checkpoint.pt")))
        .contains("[3.0, 4.0, 5.0, 6.0]");
    assertThat(Files.readAllLines(second.folder().resolve("artifacts/files_out/training_log.txt")))
        .filteredOn(line -> line.startsWith("round"))
        .containsExactly(
            "round 1 of 2: 1 shard(s), 1 sample(s), loss 0.001",
            "round 2 of 2: 1 shard(s), 1 sample(s), loss 0.001");
  }

  @Test
  void sameTaskGivesTheSameBytes() throws Exception {
    byte[] once = Files.readAllBytes(update(shard("a", 1, 0, 0.1, 1, "{}")));
    byte[] again = Files.readAllBytes(update(shard("b", 1, 0, 0.1, 1, "{}")));

    assertThat(again).isEqualTo(once);
  }

  @Test
  void shardThatIsThereTwiceIsNotAveraged() throws Exception {
    Ran shard = shard("a", 1, 0, 1.0, 1, "{}");

    Ran average = average("c", 1, 1, List.of(shard, shard));

    assertThat(average.exit()).isEqualTo(1);
    assertThat(average.output()).contains("Expected every shard of the round once");
    assertThat(average.folder().resolve("artifacts")).isEmptyDirectory();
  }

  @Test
  void initialModelsThatDifferAreTold() throws Exception {
    Ran first = shard("a", 1, 0, 1.0, 1, "{}");
    Files.writeString(project.resolve("model_def.py"), MODEL.replace("1.0, 2.0", "1.0, 2.5"));

    Ran average = average("c", 1, 1, List.of(first, shard("b", 1, 1, 1.0, 1, "{}")));

    assertThat(average.error().path("code").asText()).isEqualTo("model_def_invalid");
    assertThat(average.error().path("error").asText()).contains("initial_model");
  }

  @Test
  void missingDefinitionIsNamed() throws Exception {
    Files.delete(project.resolve("model_def.py"));

    Ran ran = shard("a", 1, 0, 1.0, 1, "{}");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.error().path("code").asText()).isEqualTo("model_def_missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def fl_train(:\n  pass|model_def.py, line 1: invalid syntax",
        "x = 1\nimport no_such_thing|model_def.py, line 2: ModuleNotFoundError",
        "def fl_train(m, e, o, l):\n  return 1|define initial_model",
        "def initial_model(env):\n  return {'w': [1.0]}|define fl_train",
        "def initial_model(e):\n  return 3\ndef train(m, e, o, l):\n  return 1|but got int",
        "def initial_model(e):\n  return {'w': ['a']}\ndef train(m, e, o, l):\n  return 1|'w'",
        "def initial_model(e):\n  return {'w': [1.0]}\ndef train(m, e, o, l):\n  pass|samples",
      })
  void brokenDefinitionIsNamedWithItsPlace(String cases) throws Exception {
    int bar = cases.lastIndexOf('|');
    Files.writeString(project.resolve("model_def.py"), cases.substring(0, bar));

    Ran ran = shard("a", 1, 0, 1.0, 1, "{}");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.error().path("code").asText()).isEqualTo("model_def_invalid");
    assertThat(ran.error().path("error").asText()).contains(cases.substring(bar + 1));
  }

  /** A pickle that would run a program, and others that are no tensors by name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "b'cos\\nsystem\\n(S\\'touch ran\\'\\ntR.'",
        "b'cbuiltins\\neval\\n(S\\'1\\'\\ntR.'",
        "b'\\x80\\x02]q\\x00.'",
        "b'\\x80\\x02}X\\x01\\x00\\x00\\x00aK\\x01s.'",
        "b'\\x80\\x02'",
      })
  void checkpointThatIsNoStateIsRefusedAndRunsNothing(String pickle) throws Exception {
    Path checkpoint = folder.resolve("bad.pt");
    python(
        "import zipfile, sys\n"
            + "with zipfile.ZipFile(sys.argv[1], 'w') as z:\n"
            + "    z.writestr('a/data.pkl', "
            + pickle
            + ")\n",
        checkpoint.toString());

    Ran ran = prepared("b", 2, 0, 1.0, 1, "{}", checkpoint);

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.error().path("error").asText()).startsWith("Expected ");
    assertThat(project.resolve("ran")).doesNotExist();
  }

  @Test
  void storageThatIsShorterThanItSaysIsRefused() throws Exception {
    Path good = update(shard("a", 1, 0, 1.0, 1, "{}"));
    Path cut = folder.resolve("cut.pt");
    python(
        """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], "w") as new:
            for name in old.namelist():
                data = old.read(name)
                new.writestr(name, data[:-4] if name.endswith("data/0") else data)
        """,
        good.toString(),
        cut.toString());

    Ran ran = prepared("b", 2, 0, 1.0, 1, "{}", cut);

    assertThat(ran.error().path("error").asText()).contains("Expected 16 bytes");
  }

  @Test
  void pytorchOpensTheCheckpointAndItsOwnIsRead() throws Exception {
    assumeTrue(exit("import torch") == 0, "python3 with torch");
    Path update = update(shard("a", 1, 0, 1.0, 1, "{}"));
    Path theirs = folder.resolve("theirs.pt");

    String read =
        python(
            """
            import sys, torch
            state = torch.load(sys.argv[1], weights_only=True)
            print({name: tensor.tolist() for name, tensor in state.items()})
            state["w"] = state["w"].t()
            torch.save(state, sys.argv[2])
            """,
            update.toString(),
            theirs.toString());

    assertThat(read.strip()).isEqualTo("{'w': [[2.0, 3.0], [4.0, 5.0]], 'b': [0.5]}");
    assertThat(tensors(theirs)).contains("[2.0, 4.0, 3.0, 5.0]");
  }

  private static Path update(Ran shard) {
    assertThat(shard.exit()).as(shard.output()).isZero();
    return shard.folder().resolve("artifacts/update.pt");
  }

  private Ran shard(String name, int round, int shard, double step, int samples, String training)
      throws Exception {
    return prepared(name, round, shard, step, samples, training, null);
  }

  private Ran prepared(
      String name,
      int round,
      int shard,
      double step,
      int samples,
      String training,
      @Nullable Path begin)
      throws Exception {
    Path attempt = attempt(name);
    if (begin != null) {
      Files.copy(begin, attempt.resolve("_federated/begin.pt"));
    }
    return run(
        attempt,
        project,
        """
        {"step":%s,"samples":%d,"_federated":{"round":%d,"rounds":2,"shards":2,"shard":%d,"training":%s}}
        """
            .formatted(step, samples, round, shard, training));
  }

  private Ran average(String name, int round, int rounds, List<Ran> shards, Path... earlier)
      throws Exception {
    Path attempt = attempt(name);
    StringBuilder results = new StringBuilder();
    for (int i = 0; i < shards.size(); i++) {
      results.append("{\"index\":" + i + ",\"result\":" + shards.get(i).result() + "}\n");
      Files.copy(update(shards.get(i)), attempt.resolve("_federated/" + i + ".pt"));
    }
    for (Path files : earlier) {
      for (String file : List.of("training_log.txt", "metrics.jsonl")) {
        Files.copy(files.resolve(file), attempt.resolve("_federated/" + file));
      }
    }
    Files.writeString(attempt.resolve("inputs.jsonl"), results.toString());
    return run(
        attempt,
        attempt,
        """
        {"_federated":{"round":%d,"rounds":%d,"shards":%d,"inputs":{"path":"inputs.jsonl"}}}
        """
            .formatted(round, rounds, shards.size()));
  }

  private Path attempt(String name) throws IOException {
    Path attempt = folder.resolve(name);
    Files.createDirectories(attempt.resolve("artifacts"));
    Files.createDirectories(attempt.resolve("_federated"));
    return attempt;
  }

  private static Ran run(Path attempt, Path start, String payload) throws Exception {
    Files.writeString(attempt.resolve("payload.json"), payload);
    Path output = attempt.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-c", FederatedProgram.SCRIPT)
            .directory(start.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("MUSTER_JOB_ID", "job_1");
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("MUSTER_TASK_PAYLOAD", attempt.resolve("payload.json").toString());
    builder.environment().put("MUSTER_TASK_RESULT", attempt.resolve("result.json").toString());
    builder.environment().put("MUSTER_TASK_ERROR", attempt.resolve("error.json").toString());
    builder.environment().put("MUSTER_ARTIFACTS_DIR", attempt.resolve("artifacts").toString());
    int exit = builder.start().waitFor();
    return new Ran(exit, Files.readString(output), attempt);
  }

  /** The tensors in a checkpoint as JSON, read without the program that wrote it. */
  private String tensors(Path checkpoint) throws Exception {
    Path library = folder.resolve("checkpoint.py");
    try (InputStream in =
        Objects.requireNonNull(FederatedProgram.class.getResourceAsStream("checkpoint.py"))) {
      Files.write(library, in.readAllBytes());
    }
    return python(
            """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            sys.dont_write_bytecode = True
            import checkpoint
            state = checkpoint.read(sys.argv[2])
            print(json.dumps({n: [t.kind, t.shape, list(t.data)] for n, t in state.items()}))
            """,
            folder.toString(),
            checkpoint.toString())
        .strip();
  }

  private static int exit(String script) throws Exception {
    Process process = new ProcessBuilder("python3", "-c", script).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private static String python(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "-c", script));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
