package dev.muster.consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole consumer: rebuilds the job list from the topic alone, as {@code GET /api/v1/jobs} shows
 * it. What comes too early is kept aside until its turn.
 */
public final class JobList implements JobConsumer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Row> rows = new TreeMap<>();
  private int setAside;

  /** A job while its events come. */
  private static final class Row {
    private final ApiJob shown = new ApiJob();
    private final Map<Long, JsonNode> early = new TreeMap<>();
    private long seq;
  }

  @Override
  public void accept(Delivery record) {
    if (!record.type().orElse("").endsWith(".v1")) {
      return;
    }
    JsonNode event = read(record);
    if (event == null) {
      setAside++;
      return;
    }
    Row row = rows.computeIfAbsent(event.get("job").asText(), job -> new Row());
    long seq = event.get("seq").asLong();
    if (seq > row.seq) {
      row.early.put(seq, event);
    }
    for (JsonNode next = row.early.remove(row.seq + 1);
        next != null;
        next = row.early.remove(row.seq + 1)) {
      row.shown.apply(next);
      row.seq++;
    }
  }

  private static @Nullable JsonNode read(Delivery record) {
    if (record.body() == null) {
      return null;
    }
    try {
      JsonNode event = JSON.readTree(record.body());
      boolean whole =
          event != null
              && event.path("job").isTextual()
              && event.path("seq").isIntegralNumber()
              && event.path("state").isTextual();
      return whole ? event : null;
    } catch (IOException e) {
      // Unreadable; whoever runs a consumer for a living keeps it for people to look at.
      return null;
    }
  }

  @Override
  public Optional<Known> job(String job) {
    return Optional.ofNullable(rows.get(job))
        .filter(row -> row.seq > 0)
        .map(row -> new Known(row.seq, row.shown.state(), row.shown.succeeded()));
  }

  @Override
  public Set<String> gaps() {
    return rows.entrySet().stream()
        .filter(row -> !row.getValue().early.isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The job as the API shows it; empty when nothing is known of it. */
  public Optional<ObjectNode> shown(String job) {
    return Optional.ofNullable(rows.get(job))
        .filter(row -> row.seq > 0)
        .map(row -> withBlockers(row.shown.json(), row.shown.state()));
  }

  private ObjectNode withBlockers(ObjectNode job, String state) {
    if (state.equals("PLANNING") || state.equals("BLOCKED")) {
      ArrayNode open = JSON.createArrayNode();
      for (JsonNode parent : job.path("depends_on")) {
        Row row = rows.get(parent.asText().substring("job_".length()));
        if (row == null || row.seq == 0 || !ApiJob.TERMINAL.contains(row.shown.state())) {
          open.add(parent);
        }
      }
      if (!open.isEmpty()) {
        job.set("blocked_on", open);
      }
    }
    return job;
  }

  /** The jobs of which something is known. */
  public Set<String> jobs() {
    return rows.keySet();
  }

  /** Records that could not be read. */
  public int setAside() {
    return setAside;
  }
}
