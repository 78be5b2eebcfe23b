package dev.muster.contracts.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The committed schemas and the AsyncAPI document are what the records say, and a shape that was
 * published only grows. {@code ./build verify -pl contracts -Dcontract.write=true} writes them anew
 * where nothing breaks.
 */
class ContractTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path SCHEMAS = Path.of("src/main/resources/schema");
  private static final Path ASYNC_API = Path.of("src/main/resources/asyncapi.yaml");
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String COMMAND =
      "run ./build verify -pl contracts -Dcontract.write=true, and commit what it writes";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML =
      new ObjectMapper(
          new YAMLFactory()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES));
  private static final Javadocs DOCS = Javadocs.of(SOURCES);

  @TestFactory
  Stream<DynamicTest> publishedShapesOnlyGrow() {
    return EventType.all().stream()
        .filter(type -> Files.exists(SCHEMAS.resolve(type.file())))
        .map(type ->
            DynamicTest.dynamicTest(
                type.ceType(),
                () ->
                    assertThat(Compatibility.breaks(committed(type), written(type)))
                        .as(
                            "%s breaks those who read it: keep the old shape and publish a new"
                                + " version beside it",
                            type.ceType())
                        .isEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> committedSchemasAreWhatTheRecordsSay() {
    return EventType.all().stream()
        .map(type ->
            DynamicTest.dynamicTest(
                type.ceType(),
                () -> {
                  Path file = SCHEMAS.resolve(type.file());
                  if (Boolean.getBoolean("contract.write")
                      && (!Files.exists(file)
                          || Compatibility.breaks(committed(type), written(type)).isEmpty())) {
                    Files.createDirectories(SCHEMAS);
                    Files.writeString(file, written(type).toPrettyString() + "\n");
                  }
                  assertThat(file).as(COMMAND).exists();
                  assertThat(committed(type)).as(COMMAND).isEqualTo(written(type));
                }));
  }

  @Test
  void noSchemaIsEverTakenAway() throws IOException {
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              EventType.all().stream().map(EventType::file).toList());
    }
  }

  @Test
  void committedAsyncApiDocumentIsWhatTheTopicsSay() throws IOException {
    String written = YAML.writeValueAsString(AsyncApi.document(EventType.all()));
    if (Boolean.getBoolean("contract.write")) {
      Files.writeString(ASYNC_API, written);
    }

    assertThat(ASYNC_API).as(COMMAND).exists();
    assertThat(Files.readString(ASYNC_API)).as(COMMAND).isEqualTo(written);
  }

  @Test
  void everyReferenceOfTheAsyncApiDocumentLeadsSomewhere() throws IOException {
    JsonNode document = YAML.readTree(ASYNC_API.toFile());

    for (JsonNode reference : document.findValues("$ref")) {
      String target = reference.asText();
      if (target.startsWith("#/")) {
        assertThat(document.at(target.substring(1)).isMissingNode()).as(target).isFalse();
      } else {
        assertThat(ASYNC_API.resolveSibling(target).normalize()).exists();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> everyGoldenSampleFitsItsSchema() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      List<Path> samples = files.sorted().toList();
      return samples.stream()
          .map(file ->
              DynamicTest.dynamicTest(
                  file.getFileName().toString(),
                  () ->
                      assertThat(validator(typeOf(file)).validate(JSON.readTree(file.toFile())))
                          .isEmpty()));
    }
  }

  private static EventType typeOf(Path sample) {
    String[] name = sample.getFileName().toString().split("\\.", -1);
    return EventType.all().stream()
        .filter(type ->
            type.kind() == null
                ? type.topic().family().getSimpleName().equals(name[0])
                : name[0].equals("JobEvent") && type.kind().name().equals(name[1]))
        .findFirst()
        .orElseThrow();
  }

  private static JsonSchema validator(EventType type) throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(committed(type));
  }

  private static JsonNode committed(EventType type) throws IOException {
    return JSON.readTree(SCHEMAS.resolve(type.file()).toFile());
  }

  /** As it would be read back, so that numbers and texts compare as JSON. */
  private static JsonNode written(EventType type) throws IOException {
    ObjectNode schema = SchemaWriter.schema(type, DOCS);
    return JSON.readTree(schema.toString());
  }
}
