package dev.muster.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * JSON as Muster writes it on topics: snake_case names, ISO instants; unknown fields are ignored,
 * so that older readers live on.
 */
public final class Json {
  /** The one mapper; thread-safe. */
  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Map<Class<?>, JavaType> MESSAGE_TYPES = new ConcurrentHashMap<>();

  private Json() {}

  /** The JSON text of any contract record. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected to write " + value.getClass().getSimpleName() + " as JSON, but it cannot be",
          e);
    }
  }

  /** The UTF-8 JSON of a message; the family is given because type names hang on it. */
  public static <E> byte[] bytes(Topic<E> topic, Message<E> message) {
    try {
      return MAPPER.writerFor(messageType(topic.family())).writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected to write a message of " + topic.name() + " as JSON, but it cannot be", e);
    }
  }

  /**
   * Reads a message of a topic.
   *
   * @throws IOException when the bytes are none
   */
  public static <E> Message<E> message(Topic<E> topic, byte[] bytes) throws IOException {
    Message<E> message = MAPPER.readValue(bytes, messageType(topic.family()));
    if (message == null) {
      throw new IOException("the body is the JSON value null");
    }
    return message;
  }

  /**
   * Reads one contract record.
   *
   * @throws IllegalArgumentException when the text is none
   */
  public static <T> T read(String text, Class<T> type) {
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Expected "
              + type.getSimpleName()
              + " as JSON, but got something else: "
              + e.getOriginalMessage(),
          e);
    }
  }

  private static JavaType messageType(Class<?> family) {
    return MESSAGE_TYPES.computeIfAbsent(
        family, f -> MAPPER.getTypeFactory().constructParametricType(Message.class, f));
  }
}
