package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Projects through the packaged platform: pushed by the client, run with what they require. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProjectsIT {
  private static final Duration CLIENT = Duration.ofMinutes(2);

  private Platform platform;
  private Api api;
  private Path sources;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    platform = Platform.start(Files.createDirectories(folder.resolve("platform")), Map.of());
    api = platform.api();
    sources = Files.createDirectories(folder.resolve("sources"));
  }

  @AfterAll
  void stop() {
    platform.close();
  }

  @Test
  void jobRunsTheRevisionThatWasThereWhenItWasSubmitted() throws Exception {
    Path tree = Files.createDirectories(sources.resolve("words"));
    Files.writeString(tree.resolve("word.txt"), "first");
    push(tree, "words");
    ObjectNode job =
        project(
            "words", "printf '{\"said\":\"%s\"}' \"$(cat word.txt)\" > \"$MUSTER_TASK_RESULT\"");
    assertThat(result(run(job)).path("said").asText()).isEqualTo("first");

    Files.writeString(tree.resolve("word.txt"), "second");
    push(tree, "words");

    assertThat(result(run(job)).path("said").asText()).isEqualTo("second");
  }

  @Test
  void requirementsBecomeOneEnvironmentForAllJobsThatShareThem() throws Exception {
    assumePythonMakesEnvironments();
    Path tree = Files.createDirectories(sources.resolve("greeting"));
    wheel(Files.createDirectories(tree.resolve("wheels")));
    Files.writeString(
        tree.resolve("requirements.txt"), "--no-index\n--find-links wheels\ngreeting==1.0\n");
    Files.writeString(
        tree.resolve("main.py"),
        """
        import greeting, json, os, sys
        made = os.stat(sys.prefix + "/pyvenv.cfg").st_mtime_ns
        with open(os.environ["MUSTER_TASK_RESULT"], "w") as out:
            json.dump({"said": greeting.TEXT, "prefix": sys.prefix, "made": made}, out)
        """);
    push(tree, "greeting");
    ObjectNode job = project("greeting", "exec python3 main.py");

    JsonNode first = result(run(job));
    JsonNode second = result(run(job));

    assertThat(first.path("said").asText()).isEqualTo("hello from a wheel");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void requirementThatCannotBeHadEndsTheTaskWithTheResolversOwnLine() throws Exception {
    assumePythonMakesEnvironments();
    Path tree = Files.createDirectories(sources.resolve("broken"));
    Files.createDirectories(tree.resolve("wheels"));
    Files.writeString(tree.resolve("wheels/README"), "nothing is here");
    Files.writeString(
        tree.resolve("requirements.txt"), "--no-index\n--find-links wheels\nno-such-thing==9.9\n");
    push(tree, "broken");

    JsonNode ended = run(project("broken", "touch \"$MUSTER_ARTIFACTS_DIR/it-ran\""));

    assertThat(ended.path("status").asText()).isEqualTo("failed");
    assertThat(ended.path("error_code").asText()).isEqualTo("requirements_resolution_failed");
    JsonNode task = api.results(ended.path("job_id").asText()).getFirst();
    assertThat(task.path("error").asText()).startsWith("ERROR: ").contains("no-such-thing==9.9");
    assertThat(
            api.get("/api/v1/artifacts?job=" + ended.path("job_id").asText()).body().path("data"))
        .isEmpty();
  }

  private void push(Path tree, String name) {
    Platform.Output pushed = platform.muster(CLIENT, "push", tree.toString(), "--name", name);
    assertThat(pushed.exitCode()).as(pushed.text()).isZero();
    assertThat(pushed.text()).contains("Project " + name + " is at revision ");
  }

  private static ObjectNode project(String name, String script) {
    return Api.shell(script).put("project", name);
  }

  private JsonNode run(ObjectNode job) {
    return api.run(job.toString());
  }

  private JsonNode result(JsonNode ended) {
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    return api.results(ended.path("job_id").asText()).getFirst().path("result");
  }

  /** The smallest package that pip takes. */
  private static void wheel(Path folder) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("greeting-1.0-py3-none-any.whl"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, "greeting.py", "TEXT = 'hello from a wheel'\n");
      entry(
          zip,
          "greeting-1.0.dist-info/METADATA",
          "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n");
      entry(
          zip,
          "greeting-1.0.dist-info/WHEEL",
          "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
      entry(
          zip,
          "greeting-1.0.dist-info/RECORD",
          "greeting.py,,\ngreeting-1.0.dist-info/METADATA,,\n"
              + "greeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n");
    }
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  /** Some systems ship Python without what virtual environments need. */
  private static void assumePythonMakesEnvironments() throws Exception {
    Process probe =
        new ProcessBuilder("python3", "-c", "import ensurepip, venv")
            .redirectErrorStream(true)
            .start();
    probe.getInputStream().readAllBytes();
    assumeTrue(probe.waitFor() == 0, "python3 with venv and ensurepip");
  }
}
