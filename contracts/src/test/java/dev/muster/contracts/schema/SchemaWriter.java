package dev.muster.contracts.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.contracts.Message;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobEvent;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON Schema (2020-12) of one CloudEvents type from the record classes. A component is
 * required unless it may be null or came later, which its default value tells. Unknown members are
 * allowed everywhere, since shapes grow.
 */
final class SchemaWriter {
  private static final PropertyNamingStrategies.NamingBase SNAKE =
      new PropertyNamingStrategies.SnakeCaseStrategy();

  /** Values that are written as one JSON string. */
  private static final Map<Class<?>, String> TEXTS =
      Map.of(
          JobId.class, "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
          WorkerId.class, "^[a-z0-9][a-z0-9.-]{0,63}$",
          IndexRanges.class, "^([0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)?$");

  private final Javadocs docs;
  private final ObjectNode definitions = object();

  private SchemaWriter(Javadocs docs) {
    this.docs = docs;
  }

  /** The schema of a type's bodies. */
  static ObjectNode schema(EventType type, Javadocs docs) {
    SchemaWriter writer = new SchemaWriter(docs);
    ObjectNode schema = object();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", type.schemaId());
    schema.put("title", type.ceType());
    schema.setAll(type.kind() == null ? writer.message(type) : writer.jobEvent(type.kind()));
    if (!writer.definitions.isEmpty()) {
      schema.set("$defs", writer.definitions);
    }
    return schema;
  }

  private ObjectNode jobEvent(JobEvent.Kind kind) {
    ObjectNode schema = record(JobEvent.class);
    ObjectNode properties = (ObjectNode) schema.get("properties");
    properties.set("kind", object().put("const", kind.name()));
    return schema;
  }

  private ObjectNode message(EventType type) {
    ObjectNode schema = record(Message.class);
    ObjectNode events = object().put("type", "array").put("minItems", 1);
    events.set("items", union(type.topic().family()));
    ((ObjectNode) schema.get("properties")).set("events", events);
    return schema;
  }

  /** The events of a family, told apart by the member {@code type}. */
  private ObjectNode union(Class<?> family) {
    ArrayNode variants = JsonNodeFactory.instance.arrayNode();
    for (JsonSubTypes.Type variant : family.getAnnotation(JsonSubTypes.class).value()) {
      ObjectNode schema = record(variant.value());
      ObjectNode properties = object();
      properties.set("type", object().put("const", variant.name()));
      properties.setAll((ObjectNode) schema.get("properties"));
      schema.set("properties", properties);
      ArrayNode required = JsonNodeFactory.instance.arrayNode().add("type");
      schema.path("required").forEach(required::add);
      schema.set("required", required);
      definitions.set(variant.name(), schema);
      variants.add(object().put("$ref", "#/$defs/" + variant.name()));
    }
    ObjectNode union = object();
    union.set("oneOf", variants);
    return union;
  }

  private ObjectNode record(Class<?> type) {
    ObjectNode schema = object().put("type", "object");
    describe(schema, docs.of(type));
    ObjectNode properties = object();
    ArrayNode required = JsonNodeFactory.instance.arrayNode();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = SNAKE.translate(component.getName());
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      ObjectNode property = value(component.getGenericType(), nullable);
      describe(property, docs.of(type, component.getName()));
      String absent = absent(type, component);
      if (absent != null) {
        property.put("default", Long.parseLong(absent));
      } else if (!nullable) {
        required.add(name);
      }
      properties.set(name, property);
    }
    schema.set("properties", properties);
    schema.set("required", required);
    return schema;
  }

  /** What a component that came later counts as where it is missing. */
  private static @Nullable String absent(Class<?> type, RecordComponent component) {
    try {
      JsonProperty property =
          type.getDeclaredField(component.getName()).getAnnotation(JsonProperty.class);
      return property == null || property.defaultValue().isEmpty() ? null : property.defaultValue();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode value(Type generic, boolean nullable) {
    if (generic instanceof ParameterizedType list
        && Collection.class.isAssignableFrom((Class<?>) list.getRawType())) {
      ObjectNode array = object();
      types(array, "array", nullable);
      array.set("items", value(list.getActualTypeArguments()[0], false));
      return array;
    }
    if (!(generic instanceof Class<?> type)) {
      return object();
    }
    if (TEXTS.containsKey(type)) {
      return types(object(), "string", nullable).put("pattern", TEXTS.get(type));
    }
    if (type == Instant.class) {
      return types(object(), "string", nullable).put("format", "date-time");
    }
    if (type == String.class) {
      return types(object(), "string", nullable);
    }
    if (type == boolean.class) {
      return types(object(), "boolean", nullable);
    }
    if (type == double.class || type == Double.class) {
      return types(object(), "number", nullable);
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return types(object(), "integer", nullable);
    }
    return named(type, nullable);
  }

  /** Enums and records stand among the definitions, by their simple name. */
  private ObjectNode named(Class<?> type, boolean nullable) {
    String name = type.getSimpleName();
    if (!definitions.has(name)) {
      definitions.putNull(name);
      definitions.set(name, type.isEnum() ? words(type) : record(type));
    }
    ObjectNode reference = object().put("$ref", "#/$defs/" + name);
    if (!nullable) {
      return reference;
    }
    ObjectNode either = object();
    either.putArray("anyOf").add(reference).add(object().put("type", "null"));
    return either;
  }

  private ObjectNode words(Class<?> type) {
    ObjectNode schema = object().put("type", "string");
    describe(schema, docs.of(type));
    ArrayNode words = schema.putArray("enum");
    for (Object constant : Objects.requireNonNull(type.getEnumConstants())) {
      words.add(word((Enum<?>) constant));
    }
    return schema;
  }

  private static String word(Enum<?> constant) {
    try {
      JsonProperty property =
          constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
      return property == null ? constant.name() : property.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode types(ObjectNode schema, String type, boolean nullable) {
    if (nullable) {
      schema.putArray("type").add(type).add("null");
      return schema;
    }
    return schema.put("type", type);
  }

  private static void describe(ObjectNode schema, @Nullable String text) {
    if (text != null && !text.isEmpty()) {
      schema.put("description", text);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
