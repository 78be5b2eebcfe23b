package dev.muster.gateway.shell.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JsonText;
import dev.muster.kit.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JSON as the API writes it: as on topics, but documents of users pass through byte for byte. */
public final class ApiJson {
  private static final ObjectMapper MAPPER =
      Json.MAPPER
          .copy()
          .registerModule(new SimpleModule().addSerializer(JsonText.class, new RawSerializer()));

  private ApiJson() {}

  /** The JSON text of a view. */
  public static String text(Object view) {
    try {
      return MAPPER.writeValueAsString(view);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected to write " + view.getClass().getSimpleName() + " as JSON, but it cannot be", e);
    }
  }

  /** A record of attempts with every worker's name replaced by its alias. */
  public static @Nullable JsonText aliased(@Nullable String document) {
    if (document == null) {
      return null;
    }
    try {
      JsonNode node = MAPPER.readTree(document);
      if (node.isArray()) {
        node.forEach(ApiJson::alias);
      } else {
        alias(node);
      }
      return new JsonText(MAPPER.writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a record of attempts, but got something else", e);
    }
  }

  /** The text of a member of a JSON object, or null where it is absent or no text. */
  public static @Nullable String member(@Nullable String document, String name) {
    if (document == null) {
      return null;
    }
    try {
      JsonNode member = MAPPER.readTree(document).get(name);
      return member == null || !member.isTextual() ? null : member.textValue();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a JSON object, but got something else", e);
    }
  }

  private static void alias(JsonNode attempt) {
    JsonNode worker = attempt.get("worker");
    if (attempt instanceof ObjectNode object && worker != null && worker.isTextual()) {
      object.put("worker", Alias.of(worker.textValue()));
    }
  }

  private static final class RawSerializer extends JsonSerializer<JsonText> {
    @Override
    public void serialize(JsonText value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeRawValue(value.text());
    }
  }
}
