package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.task.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JsonTest {
  private static final Path GOLDEN = Path.of("../contracts/src/test/resources/golden");
  private static final Pattern SAMPLE = Pattern.compile("(.+?)(?:\\.(\\d+))?\\.json");

  /** The mapper of the services writes and reads what the contracts' golden samples say. */
  @TestFactory
  Stream<DynamicTest> goldenSampleIsReadAndWrittenAlike() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(JsonTest::isNewest).toList().stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  file.getFileName().toString(),
                  () -> {
                    byte[] golden = Files.readAllBytes(file);
                    assertThat(Json.MAPPER.readTree(rewrite(file, golden)))
                        .isEqualTo(Json.MAPPER.readTree(golden));
                  }));
    }
  }

  /** A shape that has grown has NAME.2.json beside NAME.json; older ones are read, not written. */
  private static boolean isNewest(Path file) {
    Matcher name = SAMPLE.matcher(file.getFileName().toString());
    assertThat(name.matches()).as("%s is named as a sample", file).isTrue();
    int version = name.group(2) == null ? 1 : Integer.parseInt(name.group(2));
    return !Files.exists(file.resolveSibling(name.group(1) + "." + (version + 1) + ".json"));
  }

  @Test
  void whatIsNoneOfItIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Json.read("{\"runner_command\": 1}", RunSpec.class))
        .withMessageStartingWith("Expected RunSpec as JSON");
  }

  private static byte[] rewrite(Path file, byte[] golden) throws IOException {
    String family = file.getFileName().toString().split("\\.")[0];
    if (family.equals("JobEvent")) {
      JobEvent event = Json.MAPPER.readValue(golden, JobEvent.class);
      return Json.MAPPER.writeValueAsBytes(event);
    }
    for (Topic<?> topic : Topic.ALL) {
      if (topic.family().getSimpleName().equals(family)) {
        return rewrite(topic, golden);
      }
    }
    JsonNode none = Json.MAPPER.nullNode();
    return Json.MAPPER.writeValueAsBytes(none);
  }

  private static <E> byte[] rewrite(Topic<E> topic, byte[] golden) throws IOException {
    Message<E> message = Json.message(topic, golden);
    return Json.bytes(topic, message);
  }
}
