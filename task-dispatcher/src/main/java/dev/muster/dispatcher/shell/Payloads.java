package dev.muster.dispatcher.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.PlanEvent.TasksPlanned;
import dev.muster.dispatcher.pool.Mail;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of planned tasks: they lie in the database, and the ranges in use are kept here up
 * to a number of bytes.
 */
final class Payloads {
  /** A planned range by its first index. */
  private record Range(JobId job, int first) {}

  private final long bytesMax;
  private final LinkedHashMap<Range, TasksPlanned> kept = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  Payloads(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void clear() {
    kept.clear();
    bytes = 0;
  }

  void keep(TasksPlanned tasks) {
    TasksPlanned before = kept.put(new Range(tasks.job(), tasks.firstIndex()), tasks);
    bytes += size(tasks) - (before == null ? 0 : size(before));
  }

  /** Lets go of the ranges that were not used for longest, until the rest is small enough. */
  void trim() {
    var eldest = kept.entrySet().iterator();
    while (bytes > bytesMax && eldest.hasNext()) {
      bytes -= size(eldest.next().getValue());
      eldest.remove();
    }
  }

  private static long size(TasksPlanned tasks) {
    long size = 200;
    for (String payload : tasks.payloads()) {
      size += 60 + payload.length();
    }
    ChunkTemplate template = tasks.template();
    return template == null ? size : size + template.payload().length();
  }

  /** Reads the ranges that these leases need and that are not here. */
  void fetch(Tx tx, List<Mail.Assign> leases) {
    Set<Range> missing = new LinkedHashSet<>();
    for (Mail.Assign lease : leases) {
      Range range = new Range(lease.attempt().job(), lease.range());
      if (!kept.containsKey(range)) {
        missing.add(range);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    String sql =
        "SELECT r.job_id, r.first, r.count, r.payloads, r.template FROM dispatcher.task_range r"
            + " JOIN unnest($1::text[], $2::int[]) AS wanted(job_id, first) USING (job_id, first)";
    for (Row row :
        tx.query(
            sql,
            missing.stream().map(range -> range.job().value()).toArray(String[]::new),
            missing.stream().map(Range::first).toArray(Integer[]::new))) {
      keep(range(row));
    }
  }

  private static TasksPlanned range(Row row) {
    String template = row.getString("template");
    return new TasksPlanned(
        new JobId(row.getString("job_id")),
        row.getInteger("first"),
        row.getInteger("count"),
        texts(row.getString("payloads")),
        template == null ? null : Json.read(template, ChunkTemplate.class));
  }

  private static List<String> texts(@Nullable String json) {
    if (json == null) {
      return List.of();
    }
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a list of payloads, but the row holds none", e);
    }
  }

  /** The payload of a lease whose range was fetched. */
  String of(Mail.Assign lease) {
    Range range = new Range(lease.attempt().job(), lease.range());
    TasksPlanned tasks = kept.get(range);
    if (tasks == null) {
      throw new IllegalStateException("Expected the payloads of " + range + ", but they are gone");
    }
    ChunkTemplate template = tasks.template();
    int index = lease.attempt().index();
    return template == null
        ? tasks.payloads().get(index - tasks.firstIndex())
        : template.payloadOf(index);
  }
}
