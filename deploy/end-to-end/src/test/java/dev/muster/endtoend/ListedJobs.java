package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.consumer.JobList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The job list of the API, and whether others tell the same. */
final class ListedJobs {
  private static final Set<String> ENDED =
      Set.of("completed", "partial", "failed", "cancelled", "expired");

  private ListedJobs() {}

  /** Every job of the tenant, as its list shows it, by id. */
  static Map<String, JsonNode> all(Api api) {
    Map<String, JsonNode> shown = new HashMap<>();
    String cursor = "";
    do {
      JsonNode page = api.get("/api/v1/jobs?limit=200" + cursor).body();
      page.path("data").forEach(job -> shown.put(job.path("job_id").asText(), job));
      cursor = "&cursor=" + page.path("next_cursor").asText();
      if (!page.path("has_more").asBoolean()) {
        return shown;
      }
    } while (true);
  }

  /** Those that have ended. */
  static Map<String, JsonNode> ended(Api api) {
    Predicate<JsonNode> over = job -> ENDED.contains(job.path("status").asText());
    return all(api).entrySet().stream()
        .filter(entry -> over.test(entry.getValue()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Every job is told, with every field and the same values. */
  static void compare(Map<String, JsonNode> shown, JobList told) {
    assertThat(told.jobs()).hasSize(shown.size());
    shown.forEach((id, job) ->
        compare(id, job, told.shown(id.substring(4)).map(JsonNode.class::cast).orElseThrow()));
  }

  /** As {@link #compare(Map, JobList)}, for jobs that are told as JSON. */
  static void compare(Map<String, JsonNode> shown, Map<String, JsonNode> told) {
    assertThat(told.keySet()).isEqualTo(shown.keySet());
    told.forEach((id, job) -> compare(id, Objects.requireNonNull(shown.get(id)), job));
  }

  private static void compare(String id, JsonNode shown, JsonNode told) {
    Map<String, String> expected = fields(shown);
    Map<String, String> actual = fields(told);
    if (shown.path("cancellation").path("state").asText().equals("failed")) {
      // A wish that came after the end has no event, because nothing follows the last one.
      expected.remove("cancellation");
      actual.remove("cancellation");
    }
    assertThat(actual).as(id).isEqualTo(expected);
  }

  private static Map<String, String> fields(JsonNode job) {
    Map<String, String> fields = new TreeMap<>();
    job.properties().forEach(field -> fields.put(field.getKey(), plain(field.getValue())));
    return fields;
  }

  /** JSON text with sorted members and numbers as doubles. */
  private static String plain(JsonNode value) {
    if (value.isNumber()) {
      return Double.toString(value.asDouble());
    }
    if (value.isObject()) {
      List<String> members = new ArrayList<>();
      value.properties().forEach(m -> members.add(m.getKey() + ":" + plain(m.getValue())));
      members.sort(Comparator.naturalOrder());
      return members.toString();
    }
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(plain(item)));
      return items.toString();
    }
    return value.toString();
  }
}
