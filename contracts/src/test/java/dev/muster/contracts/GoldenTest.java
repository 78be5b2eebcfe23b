package dev.muster.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.muster.contracts.job.JobEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every event that can be on a topic has a name, a golden sample and a round trip. Golden files are
 * kept for ever: what was once published must always be readable. A shape that has grown gets one
 * more sample, {@code NAME.2.json} after {@code NAME.json}; {@code -Dgolden.write=true} adds the
 * missing ones and changes none.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  /** As the services' mapper is set; service-kit's own test holds it to the same files. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** A record's body, the type to read it as, and the name of its golden samples. */
  private record Sample(Object body, JavaType type, String name) {}

  @Test
  void everyKindOfEventHasASample() {
    for (Topic<?> topic : Topic.ALL) {
      if (topic.family().isSealed()) {
        List<Class<?>> sampled = new ArrayList<>();
        samples(topic).forEach(event -> sampled.add(event.getClass()));
        assertThat(sampled)
            .as(topic.name())
            .containsExactlyInAnyOrder(topic.family().getPermittedSubclasses());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> writesTheGoldenSample() {
    return allSamples()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.name(),
                () -> {
                  JsonNode written =
                      MAPPER.readTree(
                          MAPPER.writerFor(sample.type()).writeValueAsBytes(sample.body()));
                  assertThat(written).isEqualTo(newest(sample, written));
                }));
  }

  @TestFactory
  Stream<DynamicTest> readsTheGoldenSampleAndWhatALaterVersionAdds() {
    return allSamples()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.name(),
                () -> {
                  JsonNode golden = MAPPER.readTree(files(sample.name()).getLast().toFile());
                  assertThat(read(golden, sample.type())).isEqualTo(sample.body());
                  addFieldsEverywhere(golden);
                  assertThat(read(golden, sample.type())).isEqualTo(sample.body());
                }));
  }

  @TestFactory
  Stream<DynamicTest> whatWasEverPublishedIsReadWithNothingLost() {
    return allSamples()
        .flatMap(
            sample -> files(sample.name()).stream().map(file -> olderIsRead(sample.type(), file)));
  }

  private static DynamicTest olderIsRead(JavaType type, Path file) {
    return DynamicTest.dynamicTest(
        file.getFileName().toString(),
        () -> {
          JsonNode golden = MAPPER.readTree(file.toFile());
          JsonNode again =
              MAPPER.readTree(MAPPER.writerFor(type).writeValueAsBytes(read(golden, type)));
          assertKept(golden, again);
        });
  }

  /** Every member that was there is there again, with its value. */
  private static void assertKept(JsonNode before, JsonNode after) {
    assertThat(after.getNodeType()).isEqualTo(before.getNodeType());
    if (before.isContainerNode()) {
      before.properties().forEach(m -> assertKept(m.getValue(), after.path(m.getKey())));
      for (int i = 0; before.isArray() && i < before.size(); i++) {
        assertKept(before.get(i), after.path(i));
      }
    } else {
      assertThat(after).isEqualTo(before);
    }
  }

  @Test
  void everyGoldenFileBelongsToASample() throws IOException {
    List<Path> files = allSamples().flatMap(sample -> files(sample.name()).stream()).toList();

    try (Stream<Path> golden = Files.list(GOLDEN)) {
      assertThat(golden).containsExactlyInAnyOrderElementsOf(files);
    }
  }

  private static Object read(JsonNode json, JavaType type) throws IOException {
    return MAPPER.readerFor(type).readValue(json);
  }

  private static JsonNode newest(Sample sample, JsonNode written) throws IOException {
    List<Path> files = files(sample.name());
    if (Boolean.getBoolean("golden.write")
        && (files.isEmpty() || !MAPPER.readTree(files.getLast().toFile()).equals(written))) {
      Path next = file(sample.name(), files.size() + 1);
      Files.writeString(next, written.toPrettyString() + "\n");
    }
    assertThat(files(sample.name())).as("golden samples of %s", sample.name()).isNotEmpty();
    return MAPPER.readTree(files(sample.name()).getLast().toFile());
  }

  /** The samples of a shape, the oldest first. */
  private static List<Path> files(String name) {
    return Stream.iterate(1, n -> n + 1).map(n -> file(name, n)).takeWhile(Files::exists).toList();
  }

  private static Path file(String name, int number) {
    return GOLDEN.resolve(name + (number == 1 ? "" : "." + number) + ".json");
  }

  private static void addFieldsEverywhere(JsonNode node) {
    switch (node) {
      case ObjectNode object -> {
        object.forEach(GoldenTest::addFieldsEverywhere);
        object.put("field_of_a_later_version", 1);
      }
      case ArrayNode array -> array.forEach(GoldenTest::addFieldsEverywhere);
      default -> {}
    }
  }

  private static Stream<Sample> allSamples() {
    Map<String, Sample> samples = new LinkedHashMap<>();
    for (Topic<?> topic : Samples.BY_TOPIC.keySet()) {
      JavaType type =
          MAPPER.getTypeFactory().constructParametricType(Message.class, topic.family());
      for (Object event : samples(topic)) {
        String file = topic.family().getSimpleName() + "." + event.getClass().getSimpleName();
        samples.put(file, new Sample(new Message<>(Samples.AT, List.of(event)), type, file));
      }
    }
    for (JobEvent.Kind kind : JobEvent.Kind.values()) {
      String file = "JobEvent." + kind;
      JavaType type = MAPPER.constructType(JobEvent.class);
      samples.put(file, new Sample(Samples.jobEvent(kind), type, file));
    }
    return samples.values().stream();
  }

  private static List<?> samples(Topic<?> topic) {
    return Samples.BY_TOPIC.getOrDefault(topic, List.of());
  }
}
