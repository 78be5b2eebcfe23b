package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The repository's examples, run by the runner protocol on this machine. */
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("../examples").toAbsolutePath().normalize();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello.json | {\"who\":\"world\"} | {\"greeted\": \"world\"}",
        "fan-out.json | {\"word\":\"lease\"} | {\"word\": \"lease\", \"letters\": 5}",
      })
  void jobFileRunsItsTask(String file, String payload, String result) throws Exception {
    assertThat(run(command(file), payload)).isZero();

    assertThat(folder.resolve("result")).hasContent(result);
  }

  @Test
  void chunkOfTheYamlExampleEstimatesPi() throws Exception {
    assertThat(
            run(
                command("chunks.yaml"),
                "{\"points\":100000,\"_chunk\":{\"start\":0,\"end\":100000}}"))
        .isZero();

    assertThat(result().number("pi")).isBetween(3.1, 3.2);
  }

  @Test
  void classifierLearnsAndReportsEachEpoch() throws Exception {
    var command = List.of("python3", EXAMPLES.resolve("digits/train.py").toString());

    int code =
        run(command, "{\"hidden\":0,\"learning_rate\":0.05,\"l2\":1e-05,\"epochs\":2,\"seed\":1}");

    assertThat(code).isZero();
    assertThat(result().number("validation_accuracy")).isGreaterThan(0.8);
    assertThat(result().number("test_accuracy")).isGreaterThan(0.8);
    assertThat(Files.readAllLines(folder.resolve("out")))
        .filteredOn(line -> line.startsWith("MUSTER_PROGRESS:{\"epoch\": "))
        .hasSize(2);
  }

  /** The command as the client would send it. */
  private static List<String> command(String file) throws Exception {
    try (var server = new StubServer()) {
      server.on("POST /jobs", 202, "{}");
      ClientRun.against(server, "submit", EXAMPLES.resolve(file).toString());
      Json sent =
          JsonText.parse(
              server
                  .requests()
                  .getFirst()
                  .body()
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return sent.list("runner_command").stream().map(Json::text).toList();
    }
  }

  private int run(List<String> command, String payload) throws Exception {
    Path payloadFile = Files.writeString(folder.resolve("payload"), payload);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().put("MUSTER_TASK_PAYLOAD", payloadFile.toString());
    builder.environment().put("MUSTER_TASK_RESULT", folder.resolve("result").toString());
    return builder.start().waitFor();
  }

  private Json result() throws Exception {
    return JsonText.parse(Files.readAllBytes(folder.resolve("result")));
  }
}
