package dev.muster.contracts.schema;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.contracts.Topic;
import java.util.List;
import java.util.Map;

/** Writes the AsyncAPI 3 document: every topic, who may read it, and the schemas of its records. */
final class AsyncApi {
  /** Of each topic: its key, who sends, who receives. */
  private record Route(String key, String sender, String receivers, String summary) {}

  private static final Map<Topic<?>, Route> ROUTES =
      Map.of(
          Topic.JOB_EVENTS,
          new Route(
              "the job", "result-aggregator", "everyone", "Every change of every job, numbered"),
          Topic.SUBMISSIONS,
          new Route(
              "the job", "api-gateway", "job-planner, result-aggregator", "What users asked for"),
          Topic.PLANS,
          new Route(
              "the pool",
              "job-planner",
              "task-dispatcher, result-aggregator",
              "Which tasks a job consists of"),
          Topic.ASSIGNMENTS,
          new Route("the worker", "task-dispatcher", "worker-agent", "What one worker is told"),
          Topic.HEARTBEATS,
          new Route("the worker", "worker-agent", "task-dispatcher", "That a worker lives"),
          Topic.RESULTS,
          new Route(
              "the worker", "worker-agent", "task-dispatcher", "How attempts started and ended"),
          Topic.PROGRESS,
          new Route(
              "the job",
              "worker-agent",
              "result-aggregator, api-gateway",
              "Output and progress of running attempts; best effort"),
          Topic.TASK_EVENTS,
          new Route(
              "the job",
              "task-dispatcher",
              "result-aggregator, api-gateway",
              "What became of a job's tasks"),
          Topic.WEBHOOKS,
          new Route(
              "the tenant",
              "api-gateway, result-aggregator",
              "result-aggregator",
              "How webhook endpoints are configured, and what became of them"));

  private AsyncApi() {}

  static ObjectNode document(List<EventType> types) {
    ObjectNode document = object().put("asyncapi", "3.0.0");
    ObjectNode info = document.putObject("info");
    info.put("title", "Muster events").put("version", "1.0.0");
    info.put(
        "description",
        "muster.job.events is the public contract; docs/events.md says how to read it. The other"
            + " topics are between Muster's own services and may change with any release that keeps"
            + " the one before it readable.");
    document.put("defaultContentType", "application/json");
    ObjectNode channels = document.putObject("channels");
    ObjectNode operations = document.putObject("operations");
    ObjectNode components = object();
    ObjectNode messages = components.putObject("messages");
    for (Topic<?> topic : Topic.ALL) {
      Route route = ROUTES.get(topic);
      if (route != null) {
        channels.set(topic.name(), channel(topic, route, types));
        operations.set("send." + topic.name(), operation(topic, route));
      }
    }
    types.forEach(type -> messages.set(type.ceType(), message(type)));
    components.set("messageTraits", traits());
    document.set("components", components);
    return document;
  }

  private static ObjectNode channel(Topic<?> topic, Route route, List<EventType> types) {
    ObjectNode channel = object().put("address", topic.name()).put("summary", route.summary());
    channel.put(
        "description",
        "Key: %s. From %s to %s. Kept for %d hours."
            .formatted(
                route.key(), route.sender(), route.receivers(), topic.retention().toHours()));
    if (topic != Topic.JOB_EVENTS) {
      channel.put("x-internal", true);
    }
    ObjectNode messages = channel.putObject("messages");
    for (EventType type : types) {
      if (type.topic() == topic) {
        messages.putObject(type.ceType()).put("$ref", "#/components/messages/" + type.ceType());
      }
    }
    channel
        .putObject("bindings")
        .putObject("kafka")
        .put("topic", topic.name())
        .put("partitions", topic.partitions())
        .put("bindingVersion", "0.5.0");
    return channel;
  }

  private static ObjectNode operation(Topic<?> topic, Route route) {
    ObjectNode operation =
        object().put("action", "send").put("summary", "Sent by " + route.sender());
    operation.putObject("channel").put("$ref", "#/channels/" + topic.name());
    return operation;
  }

  private static ObjectNode message(EventType type) {
    ObjectNode message = object().put("name", type.ceType()).put("contentType", "application/json");
    message.putArray("traits").addObject().put("$ref", "#/components/messageTraits/cloudEvent");
    ObjectNode payload = message.putObject("payload");
    payload.put("schemaFormat", "application/schema+json;version=draft-2020-12");
    payload.putObject("schema").put("$ref", "./schema/" + type.file());
    return message;
  }

  private static ObjectNode traits() {
    ObjectNode traits = object();
    ObjectNode headers = traits.putObject("cloudEvent").putObject("headers").put("type", "object");
    ObjectNode properties = headers.putObject("properties");
    header(properties, "ce_specversion", "CloudEvents 1.0, binary mode").put("const", "1.0");
    header(properties, "ce_id", "Unique with ce_source; the same on every repeat of a record");
    header(properties, "ce_type", "What happened, and the version of the body's shape");
    header(
        properties, "ce_source", "The service that decided it, such as /muster/result-aggregator");
    header(properties, "ce_subject", "The record's key; of a job event the job");
    header(properties, "ce_time", "When it was decided, by the database's clock")
        .put("format", "date-time");
    header(properties, "ce_dataschema", "The $id of the body's JSON Schema");
    header(properties, "ce_causationid", "The ce_id of the record that led to this one, if any");
    header(properties, "ce_traceparent", "W3C trace context of the request that began it, if any");
    header(properties, "content-type", "Always application/json").put("const", "application/json");
    headers
        .putArray("required")
        .add("ce_specversion")
        .add("ce_id")
        .add("ce_type")
        .add("ce_source")
        .add("ce_time")
        .add("ce_dataschema")
        .add("content-type");
    return traits;
  }

  private static ObjectNode header(ObjectNode headers, String name, String description) {
    return headers.putObject(name).put("type", "string").put("description", description);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
