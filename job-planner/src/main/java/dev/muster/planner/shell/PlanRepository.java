package dev.muster.planner.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.ItemChunk;
import dev.muster.planner.plan.PlanState;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of the planner's tables, and the states they stand for. */
final class PlanRepository {
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

  /**
   * What is stored of one job.
   *
   * @param version how many decisions were stored about it, 0 when it is unknown
   * @param state what is known
   * @param sending which sending of its submission that is of, from 0
   */
  record Stored(long version, PlanState state, int sending) {}

  /**
   * The jobs as stored, and the transaction's time.
   *
   * @param now by the database's clock
   * @param jobs every job asked for
   */
  record Loaded(Instant now, Map<JobId, Stored> jobs) {
    /** One of the jobs asked for. */
    Stored of(JobId job) {
      return Objects.requireNonNull(jobs.get(job));
    }
  }

  private PlanRepository() {}

  /** Reads these jobs. */
  static Loaded load(Tx tx, Collection<JobId> jobs) {
    if (jobs.isEmpty()) {
      return new Loaded(tx.now(), Map.of());
    }
    Map<JobId, Stored> stored = new LinkedHashMap<>();
    String[] ids = texts(jobs);
    Map<JobId, SortedMap<Integer, ItemChunk>> parked = null;
    Map<JobId, SortedSet<JobId>> open = null;
    Instant now = Instant.EPOCH;
    for (Row row :
        tx.query(
            "SELECT w.job_id, p.version, p.state, p.spec, p.planned_tasks, p.chunks, p.sending,"
                + " p.next_stage, p.outcome, now() AS at"
                + " FROM unnest($1::text[]) AS w(job_id) LEFT JOIN planner.plan p USING (job_id)",
            (Object) ids)) {
      now = row.get(OffsetDateTime.class, "at").toInstant();
      JobId job = new JobId(row.getString("job_id"));
      if ("AWAITING".equals(row.getString("state")) && parked == null) {
        parked = loadParked(tx, ids);
      }
      if ("WAITING".equals(row.getString("state")) && open == null) {
        open = WaitingJobs.open(tx, ids);
      }
      stored.put(
          job, read(row, job, parked == null ? Map.of() : parked, open == null ? Map.of() : open));
    }
    return new Loaded(now, stored);
  }

  private static Stored read(
      Row row,
      JobId job,
      Map<JobId, SortedMap<Integer, ItemChunk>> parked,
      Map<JobId, SortedSet<JobId>> open) {
    Long version = row.getLong("version");
    if (version == null) {
      return new Stored(0, new PlanState.Unknown(), 0);
    }
    PlanState state =
        switch (row.getString("state")) {
          case "AWAITING" -> new PlanState.Awaiting(parked.getOrDefault(job, new TreeMap<>()));
          case "WAITING" ->
              new PlanState.Waiting(
                  Json.read(row.getString("spec"), JobSpec.class),
                  open.getOrDefault(job, new TreeSet<>()),
                  IndexRanges.parse(row.getString("chunks")));
          case "PLANNING" ->
              new PlanState.Planning(
                  Json.read(row.getString("spec"), JobSpec.class),
                  row.getInteger("planned_tasks"),
                  IndexRanges.parse(row.getString("chunks")));
          case "STAGED" ->
              new PlanState.Staged(
                  Json.read(row.getString("spec"), JobSpec.class), row.getInteger("next_stage"));
          case "PLANNED" -> new PlanState.Planned();
          case "REFUSED" -> new PlanState.Refused();
          case "CLOSED" ->
              new PlanState.Closed(
                  row.getString("outcome") == null
                      ? null
                      : JobState.valueOf(row.getString("outcome")));
          case String other ->
              throw new IllegalStateException("Expected a plan state, but got " + other);
        };
    return new Stored(version, state, row.getInteger("sending"));
  }

  private static Map<JobId, SortedMap<Integer, ItemChunk>> loadParked(Tx tx, String[] ids) {
    Map<JobId, SortedMap<Integer, ItemChunk>> parked = new HashMap<>();
    for (Row row :
        tx.query(
            "SELECT c.job_id, c.chunk, c.first_item, c.items FROM planner.parked_chunk c"
                + " JOIN planner.plan p USING (job_id)"
                + " WHERE c.job_id = ANY($1) AND p.state = 'AWAITING'",
            (Object) ids)) {
      parked
          .computeIfAbsent(new JobId(row.getString("job_id")), job -> new TreeMap<>())
          .put(row.getInteger("chunk"), chunk(row));
    }
    return parked;
  }

  /** The next parts of a job's items that were put aside. */
  static List<ItemChunk> parked(Tx tx, JobId job, int after, int max) {
    List<ItemChunk> parked = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT chunk, first_item, items FROM planner.parked_chunk"
                + " WHERE job_id = $1 AND chunk > $2 ORDER BY chunk LIMIT $3",
            job.value(),
            after,
            max)) {
      parked.add(chunk(row));
    }
    return parked;
  }

  private static ItemChunk chunk(Row row) {
    return new ItemChunk(
        row.getInteger("chunk"), row.getInteger("first_item"), items(row.getString("items")));
  }

  /**
   * Sends the new states and does not wait.
   *
   * @return waits for the answer; throws {@link LostRaceException} when somebody else decided about
   *     one of the jobs meanwhile
   */
  static Runnable save(Tx tx, Map<JobId, PlanChange> changes) {
    if (changes.isEmpty()) {
      return () -> {};
    }
    // In one order, so that two batches about the same jobs cannot block each other.
    List<Map.Entry<JobId, PlanChange>> sorted =
        changes.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
    int n = sorted.size();
    Long[] versions = new Long[n];
    String[] states = new String[n];
    String[] specs = new String[n];
    Integer[] plannedTasks = new Integer[n];
    String[] chunks = new String[n];
    Integer[] nextStages = new Integer[n];
    Integer[] sendings = new Integer[n];
    @Nullable String[] outcomes = new String[n];
    for (int i = 0; i < n; i++) {
      PlanChange change = sorted.get(i).getValue();
      versions[i] = change.before().version() + 1;
      states[i] = word(change.after());
      plannedTasks[i] = 0;
      chunks[i] = "";
      nextStages[i] = 0;
      sendings[i] = change.sending();
      if (change.after() instanceof PlanState.Planning planning) {
        specs[i] = hasSpec(change.before().state()) ? null : Json.text(planning.spec());
        plannedTasks[i] = planning.plannedTasks();
        chunks[i] = planning.chunks().toString();
      }
      if (change.after() instanceof PlanState.Waiting waiting) {
        specs[i] = hasSpec(change.before().state()) ? null : Json.text(waiting.spec());
        chunks[i] = waiting.parked().toString();
      }
      if (change.after() instanceof PlanState.Closed(JobState end) && end != null) {
        outcomes[i] = end.name();
      }
      if (change.after() instanceof PlanState.Staged staged) {
        specs[i] = hasSpec(change.before().state()) ? null : Json.text(staged.spec());
        nextStages[i] = staged.next();
      }
    }
    Supplier<RowSet<Row>> stored =
        tx.ask(
            """
            INSERT INTO planner.plan AS p
              (job_id, version, state, spec, planned_tasks, chunks, sending, next_stage, outcome)
            SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::text[],
              $7::int[], $8::int[], $9::text[])
            ON CONFLICT (job_id) DO UPDATE SET
              version = excluded.version,
              state = excluded.state,
              spec = CASE WHEN excluded.state IN ('PLANNING', 'STAGED', 'WAITING')
                THEN coalesce(excluded.spec, p.spec) END,
              next_stage = excluded.next_stage,
              outcome = excluded.outcome,
              planned_tasks = excluded.planned_tasks,
              chunks = excluded.chunks,
              sending = excluded.sending,
              changed_at = now()
            WHERE p.version = excluded.version - 1
            """,
            texts(sorted.stream().map(Map.Entry::getKey).toList()),
            versions,
            states,
            specs,
            plannedTasks,
            chunks,
            sendings,
            nextStages,
            outcomes);
    saveParked(tx, changes);
    WaitingJobs.save(tx, changes);
    return () -> {
      if (stored.get().rowCount() < n) {
        throw new LostRaceException();
      }
    };
  }

  private static boolean hasSpec(PlanState stored) {
    return stored instanceof PlanState.Planning
        || stored instanceof PlanState.Staged
        || stored instanceof PlanState.Waiting;
  }

  private static void saveParked(Tx tx, Map<JobId, PlanChange> changes) {
    String[] freed =
        changes.entrySet().stream()
            .filter(c -> keepsParked(c.getValue().before().state()))
            .filter(c -> !keepsParked(c.getValue().after()))
            .map(c -> c.getKey().value())
            .toArray(String[]::new);
    if (freed.length > 0) {
      tx.later("DELETE FROM planner.parked_chunk WHERE job_id = ANY($1)", (Object) freed);
    }
    changes.forEach((job, change) -> {
      if (keepsParked(change.after()) && !change.parked().isEmpty()) {
        insertParked(tx, job, change.parked());
      }
    });
  }

  private static boolean keepsParked(PlanState state) {
    return state instanceof PlanState.Awaiting || state instanceof PlanState.Waiting;
  }

  private static void insertParked(Tx tx, JobId job, List<ItemChunk> parked) {
    tx.later(
        """
        INSERT INTO planner.parked_chunk (job_id, chunk, first_item, items)
        SELECT $1, * FROM unnest($2::int[], $3::int[], $4::text[])
        ON CONFLICT DO NOTHING
        """,
        job.value(),
        parked.stream().map(ItemChunk::chunk).toArray(Integer[]::new),
        parked.stream().map(ItemChunk::firstItem).toArray(Integer[]::new),
        parked.stream().map(chunk -> Json.text(chunk.items())).toArray(String[]::new));
  }

  /** Deletes marks of jobs that closed longer ago than that. */
  static int sweepClosed(Tx tx, Duration retention, int max) {
    return tx.update(
        """
        DELETE FROM planner.plan WHERE job_id IN (
          SELECT job_id FROM planner.plan
          WHERE state = 'CLOSED' AND changed_at < now() - make_interval(secs => $1)
          ORDER BY changed_at LIMIT $2)
        """,
        (double) retention.toSeconds(),
        max);
  }

  private static String word(PlanState state) {
    return switch (state) {
      case PlanState.Awaiting awaiting -> "AWAITING";
      case PlanState.Waiting waiting -> "WAITING";
      case PlanState.Refused refused -> "REFUSED";
      case PlanState.Planning planning -> "PLANNING";
      case PlanState.Staged staged -> "STAGED";
      case PlanState.Planned planned -> "PLANNED";
      case PlanState.Closed closed -> "CLOSED";
      case PlanState.Unknown unknown ->
          throw new IllegalStateException("Expected a job that something is known of");
    };
  }

  private static String[] texts(Collection<JobId> jobs) {
    return jobs.stream().map(JobId::value).toArray(String[]::new);
  }

  private static List<String> items(String json) {
    try {
      return Json.MAPPER.readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected a list of items as stored, but got another", e);
    }
  }
}
