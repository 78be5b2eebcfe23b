package dev.muster.contracts.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.contracts.job.JobEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the check lets pass and what it stops, on a schema that is really published. */
class CompatibilityTest {
  private static final Path SCHEMA =
      Path.of("src/main/resources/schema", JobEvent.Kind.QUEUED.ceType() + ".json");

  @Test
  void newOptionalMembersWordsAndSentencesAreGrowth() throws IOException {
    List<String> breaks =
        breaksAfter(schema -> {
          properties(schema).putObject("region").put("type", "string");
          ((ArrayNode) schema.at("/$defs/JobState/enum")).add("PAUSED");
          schema.put("description", "other words");
        });

    assertThat(breaks).isEmpty();
  }

  @Test
  void removedMemberBreaks() throws IOException {
    assertThat(breaksAfter(schema -> properties(schema).remove("pool")))
        .singleElement()
        .asString()
        .isEqualTo("Expected /properties/pool to stay, but it is gone");
  }

  @Test
  void renamedMemberBreaks() throws IOException {
    List<String> breaks =
        breaksAfter(schema -> properties(schema).set("number", properties(schema).remove("seq")));

    assertThat(breaks).containsExactly("Expected /properties/seq to stay, but it is gone");
  }

  @Test
  void otherTypeBreaks() throws IOException {
    assertThat(
            breaksAfter(
                schema -> ((ObjectNode) schema.at("/properties/seq")).put("type", "string")))
        .hasSize(1);
  }

  @Test
  void narrowedMemberBreaks() throws IOException {
    assertThat(
            breaksAfter(schema -> ((ObjectNode) schema.at("/properties/pool")).put("maxLength", 8)))
        .hasSize(1);
  }

  @Test
  void lostWordBreaks() throws IOException {
    assertThat(breaksAfter(schema -> ((ArrayNode) schema.at("/$defs/JobState/enum")).remove(0)))
        .hasSize(1);
  }

  @Test
  void memberThatIsSuddenlyRequiredOrOptionalBreaks() throws IOException {
    assertThat(breaksAfter(schema -> ((ArrayNode) schema.get("required")).add("detail")))
        .hasSize(1);
    assertThat(breaksAfter(schema -> ((ArrayNode) schema.get("required")).remove(0))).hasSize(1);
  }

  private static ObjectNode properties(ObjectNode schema) {
    return (ObjectNode) schema.get("properties");
  }

  private static List<String> breaksAfter(Consumer<ObjectNode> change) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode now = (ObjectNode) json.readTree(SCHEMA.toFile());
    change.accept(now);
    return Compatibility.breaks(json.readTree(SCHEMA.toFile()), now);
  }
}
