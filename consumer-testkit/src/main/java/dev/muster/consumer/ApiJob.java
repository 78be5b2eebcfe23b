package dev.muster.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One job as the API shows it, made from its events in their order. */
final class ApiJob {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode NULL = NullNode.getInstance();
  private static final double MIB_PER_GIB = 1024;
  static final Set<String> TERMINAL =
      Set.of("COMPLETED", "PARTIAL", "FAILED", "CANCELLED", "EXPIRED");
  private static final Map<String, String> TIMES =
      Map.of(
          "QUEUED", "queued_at",
          "ASSIGNED", "assigned_at",
          "RUNNING", "started_at",
          "FINALIZING", "finalizing_at");
  private static final List<String> COUNTED =
      List.of("leased", "running", "succeeded", "failed", "cancelled");

  private final ObjectNode times = JsonNodeFactory.instance.objectNode();
  private JsonNode first = NULL;
  private JsonNode last = NULL;
  private long costNanos;

  void apply(JsonNode event) {
    String kind = event.path("kind").asText();
    if (kind.equals("SUBMITTED")) {
      first = event;
    }
    last = event;
    // An event that tells no cost leaves it as it was.
    costNanos = event.path("cost_nanos").asLong(costNanos);
    if (TIMES.containsKey(kind)) {
      times.set(TIMES.get(kind), event.path("at"));
    }
    if (TERMINAL.contains(kind)) {
      times.set("ended_at", event.path("at"));
    }
  }

  String state() {
    return last.path("state").asText();
  }

  int succeeded() {
    return last.path("counts").path("succeeded").asInt();
  }

  ObjectNode json() {
    JsonNode spec = first.path("spec");
    ObjectNode job = JsonNodeFactory.instance.objectNode();
    job.put("job_id", "job_" + last.path("job").asText());
    job.put("status", last.path("status").asText());
    job.put("canonical_state", state());
    for (String same : List.of("type", "project", "client_ref", "tags", "variant")) {
      job.set(same, get(spec, same));
    }
    job.set("meta", document(get(spec, "meta")));
    job.set(
        "payload", document(first.has("payload") ? get(first, "payload") : get(spec, "payload")));
    job.set("payload_omitted", get(first, "payload_omitted"));
    for (String same : List.of("runner_command", "pool", "priority")) {
      job.set(same, get(spec, same));
    }
    job.set("timeout_s", get(spec, "timeout_seconds"));
    if (spec.path("deadline_seconds").isInt()) {
      job.set("deadline_s", spec.get("deadline_seconds"));
    }
    job.set("requirements", requirements(spec.path("requirements")));
    job.set("fan_out", fanOut(spec.path("fan_out")));
    job.set("design", design(spec.path("design")));
    job.set("gang", gang(spec, last.path("counts").path("total").asInt()));
    int batchSize = spec.path("batch_size").asInt();
    job.set("batch_size", batchSize == 0 ? NULL : get(spec, "batch_size"));
    job.set("retries", retries(spec.path("retry")));
    job.put(
        "retry_of",
        spec.path("retry_of").isTextual() ? "job_" + spec.path("retry_of").asText() : null);
    addDependencies(job, spec.path("depends_on"));
    if (spec.path("callback_url").isTextual()) {
      job.set("callback_url", spec.get("callback_url"));
    }
    addProgress(job);
    return job;
  }

  /** Which of them it waits for is known to the whole list only. */
  private static void addDependencies(ObjectNode job, JsonNode told) {
    if (told.path("jobs").isArray()) {
      ArrayNode parents = job.putArray("depends_on");
      told.get("jobs").forEach(parent -> parents.add("job_" + parent.asText()));
    } else {
      job.set("depends_on", NULL);
    }
    job.set("depends_on_policy", get(told, "policy"));
    job.set("blocked_on", NULL);
  }

  private void addProgress(ObjectNode job) {
    JsonNode told = last.path("counts");
    int total = told.path("total").asInt();
    int finished = 0;
    int placed = 0;
    ObjectNode counts = job.putObject("counts").put("total", total);
    for (String state : COUNTED) {
      int tasks = told.path(state).asInt();
      counts.put(state, tasks);
      placed += tasks;
      finished += state.equals("leased") || state.equals("running") ? 0 : tasks;
    }
    counts.put("pending", total - placed);
    job.put("progress", total == 0 ? 0.0 : (double) finished / total);
    job.set("attempts_lost", get(last, "attempts_lost"));
    job.set("retries_used", get(last, "retries_used"));
    job.set("created_at", get(first, "created_at"));
    for (String time : TIMES.values()) {
      job.set(time, get(times, time));
    }
    job.set("ended_at", get(times, "ended_at"));
    // What the API computes from the time of the question; null for what has ended.
    job.set("estimated_completion", NULL);
    job.set("version", get(last, "seq"));
    JsonNode code = get(last, "error_code");
    job.set("error_code", code);
    job.set("error", code.isNull() ? NULL : get(last, "detail"));
    job.set("recommended_action", get(last, "recommended_action"));
    job.set("cancellation", cancellation(get(last, "cancellation")));
    boolean ended = TERMINAL.contains(state());
    job.put("partial_results", succeeded() > 0 && ended && !state().equals("COMPLETED"));
    boolean kept = ended && !last.path("kind").asText().equals("RESULTS_DELETED");
    job.put("result_persisted", kept);
    job.put("output_persisted", kept);
    job.put("cost_usd", BigDecimal.valueOf(costNanos, 9));
    if (last.path("stop_reason").isTextual()) {
      job.put("stopped_early", true);
      job.set("stop_reason", last.get("stop_reason"));
    }
  }

  private static JsonNode requirements(JsonNode told) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    shown.set("gpus", get(told, "gpus"));
    shown.put("gpu_memory_gb", told.path("gpu_memory_mb").asLong() / MIB_PER_GIB);
    if (told.path("gpu_model").isTextual()) {
      shown.set("gpu_model", told.get("gpu_model"));
    }
    shown.set("cpus", get(told, "cpus"));
    shown.put("memory_gb", told.path("memory_mb").asLong() / MIB_PER_GIB);
    shown.put("storage_gb", told.path("storage_mb").asLong() / MIB_PER_GIB);
    return shown;
  }

  private static JsonNode fanOut(JsonNode told) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    switch (told.path("shape").asText()) {
      case "BY" -> {
        shown.set("by", get(told, "field"));
        shown.set("total_items", get(told, "items"));
      }
      case "ITEMS" -> shown.set("total_items", get(told, "items"));
      case "CHUNKS" -> {
        shown.set("chunks", get(told, "items"));
        shown.set("range_field", get(told, "field"));
        shown.set("total", get(told, "total"));
      }
      default -> {
        return NULL;
      }
    }
    return shown;
  }

  /** What a job of a particular design consists of, in short. */
  private static JsonNode design(JsonNode told) {
    if (!told.isObject()) {
      return NULL;
    }
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    JsonNode sweep = told.path("sweep");
    if (sweep.isObject()) {
      shown.set("sweep", get(sweep, "method"));
      ArrayNode axes = shown.putArray("axes");
      for (JsonNode axis : sweep.path("axes")) {
        List<String> path = new ArrayList<>();
        axis.path("path").forEach(name -> path.add(name.asText()));
        axes.add(String.join(".", path));
      }
      shown.set("points", get(sweep, "count"));
    }
    JsonNode benchmark = told.path("benchmark");
    if (benchmark.isObject()) {
      ArrayNode strategies = shown.putArray("strategies");
      benchmark.path("strategies").forEach(strategy -> strategies.add(get(strategy, "name")));
      shown.put("inputs", benchmark.path("inputs").size());
      shown.set("repeats", get(benchmark, "repeats"));
    }
    JsonNode reduce = told.path("reduce");
    if (reduce.isObject()) {
      boolean builtin = reduce.path("builtin").isTextual();
      shown.set("reduce", get(reduce, builtin ? "builtin" : "runner_command"));
      shown.set("fan_in", get(reduce, "fan_in"));
    }
    JsonNode aggregation = told.path("aggregation");
    if (aggregation.isObject()) {
      ArrayNode follows = shown.putArray("follows");
      aggregation.path("fields").forEach(field -> follows.add(get(field, "name")));
      if (!aggregation.path("stop_when").isEmpty()) {
        shown.set("stop_when", aggregation.get("stop_when"));
      }
    }
    JsonNode federated = told.path("federated");
    if (federated.isObject()) {
      shown.put("shards", federated.path("shards").size());
      shown.set("rounds", get(federated, "rounds"));
      shown.set("training", document(get(federated, "training")));
    }
    JsonNode objective = told.path("objective");
    if (objective.isObject()) {
      shown.set("metric", get(objective, "metric"));
      shown.set("direction", get(objective, "direction"));
    }
    return shown;
  }

  /** Which tasks run together: those of a gang, or the shards of a round. */
  private static JsonNode gang(JsonNode spec, int total) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    JsonNode federated = spec.path("design").path("federated");
    if (federated.isObject()) {
      return shown
          .put("size", federated.path("shards").size())
          .put("gangs", federated.path("rounds").asInt())
          .put(
              "worker_each",
              federated.path("workers").isInt() || federated.path("auto_select").asBoolean());
    }
    JsonNode told = spec.path("gang");
    if (!told.isObject()) {
      return NULL;
    }
    return shown
        .put("size", told.path("size").asInt())
        .put("gangs", total / told.path("size").asInt())
        .put("worker_each", told.path("apart").asBoolean());
  }

  private static JsonNode retries(JsonNode told) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    shown.set("infrastructure", get(told, "infrastructure_max"));
    shown.set("user", get(told, "user_max"));
    Set<Integer> codes = new TreeSet<>();
    told.path("exit_codes").forEach(code -> codes.add(code.asInt()));
    ArrayNode sorted = shown.putArray("exit_codes");
    codes.forEach(sorted::add);
    shown.put("backoff_s", told.path("backoff_millis").asLong() / 1000.0);
    shown.put("backoff_max_s", told.path("backoff_max_millis").asLong() / 1000.0);
    return shown;
  }

  private static JsonNode cancellation(JsonNode told) {
    if (told.isNull()) {
      return NULL;
    }
    ObjectNode shown = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("state", "reason", "requested_at", "ended_at")) {
      shown.set(field, get(told, field));
    }
    return shown;
  }

  /** A field that is not there is null. */
  private static JsonNode get(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value == null ? NULL : value;
  }

  private static JsonNode document(JsonNode text) {
    if (text.isNull()) {
      return NULL;
    }
    try {
      return JSON.readTree(text.asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected a document of a user to be JSON, as the gateway checked, but it is not", e);
    }
  }
}
