package dev.muster.dispatcher.shell;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.worker.Capacity;
import dev.muster.dispatcher.pool.JobPhase;
import dev.muster.dispatcher.pool.PoolSnapshot;
import dev.muster.dispatcher.pool.PoolSnapshot.JobSnapshot;
import dev.muster.dispatcher.pool.PoolSnapshot.RangeSnapshot;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pools of a shard as they were committed. Tasks that are done come as ranges made by the
 * database, so a giant job costs little.
 */
final class SnapshotReader {
  private static final String TASKS =
      "SELECT t.job_id, t.index, t.state, t.attempt, t.epoch, t.losses, t.deaths, t.failures,"
          + " t.fenced, t.worker, t.incarnation, t.devices, t.leased_at, t.started_at,"
          + " t.available_at, CASE WHEN t.state = 'GANG_WAIT' THEN t.outcome END AS outcome"
          + " FROM dispatcher.task t JOIN dispatcher.job j USING (job_id) WHERE"
          + " j.shard = $1";

  /** The pools of the shard by name. */
  Map<String, PoolSnapshot> read(Tx tx, int shard) {
    Map<String, List<WorkerState>> workers = readWorkers(tx, shard);
    Map<String, List<JobSnapshot>> jobs = new LinkedHashMap<>();
    for (Draft draft : readDrafts(tx, shard).values()) {
      jobs.computeIfAbsent(draft.pool, pool -> new ArrayList<>()).add(draft.finish());
    }
    Map<String, PoolSnapshot> pools = new LinkedHashMap<>();
    for (String pool : union(workers, jobs)) {
      pools.put(
          pool,
          new PoolSnapshot(
              workers.getOrDefault(pool, List.of()), jobs.getOrDefault(pool, List.of())));
    }
    return pools;
  }

  private static List<String> union(Map<String, ?> some, Map<String, ?> others) {
    Map<String, Boolean> names = new LinkedHashMap<>();
    some.keySet().forEach(name -> names.put(name, true));
    others.keySet().forEach(name -> names.put(name, true));
    return List.copyOf(names.keySet());
  }

  private static Map<String, List<WorkerState>> readWorkers(Tx tx, int shard) {
    Map<String, List<WorkerState>> workers = new LinkedHashMap<>();
    for (Row row :
        tx.query(
            "SELECT pool, worker, incarnation, capacity, phase, changed_at, address FROM dispatcher.worker"
                + " WHERE shard = $1",
            shard)) {
      workers
          .computeIfAbsent(row.getString("pool"), pool -> new ArrayList<>())
          .add(
              new WorkerState(
                  new WorkerId(row.getString("worker")),
                  row.getLong("incarnation"),
                  Json.read(row.getString("capacity"), Capacity.class),
                  WorkerState.Phase.valueOf(row.getString("phase")),
                  row.get(OffsetDateTime.class, "changed_at").toInstant(),
                  row.getString("address")));
    }
    return workers;
  }

  private static Map<JobId, Draft> readDrafts(Tx tx, int shard) {
    Map<JobId, Draft> drafts = new LinkedHashMap<>();
    Instant now = tx.now();
    for (Row row :
        tx.query(
            "SELECT job_id, pool, plan, traceparent, phase, since FROM dispatcher.job WHERE shard ="
                + " $1 ORDER BY job_id",
            shard)) {
      JobId id = new JobId(row.getString("job_id"));
      Draft draft = new Draft(id, row.getString("pool"));
      draft.plan = Json.read(row.getString("plan"), PlanEvent.JobPlanned.class);
      draft.traceparent = row.getString("traceparent");
      draft.phase = JobPhase.valueOf(row.getString("phase"));
      draft.since = row.get(OffsetDateTime.class, "since").toInstant();
      drafts.put(id, draft);
    }
    readRanges(tx, shard, drafts, now);
    readTasks(tx, shard, drafts);
    readGangs(tx, shard, drafts);
    return drafts;
  }

  private static void readGangs(Tx tx, int shard, Map<JobId, Draft> drafts) {
    String sql =
        "SELECT g.job_id, g.first, g.members FROM dispatcher.gang g JOIN dispatcher.job j USING"
            + " (job_id) WHERE j.shard = $1";
    for (Row row : tx.query(sql, shard)) {
      Draft draft = drafts.get(new JobId(row.getString("job_id")));
      if (draft != null) {
        List<String> members = Arrays.asList(row.getArrayOfStrings("members"));
        draft.gangs.put(row.getInteger("first"), members);
      }
    }
  }

  /** Ranges of jobs that are not over; those without a job row wait for their plan. */
  private static void readRanges(Tx tx, int shard, Map<JobId, Draft> drafts, Instant now) {
    String sql =
        "SELECT r.job_id, r.pool, r.first, r.count,"
            + " coalesce((SELECT max(t.index) + 1 FROM dispatcher.task t WHERE t.job_id = r.job_id"
            + "   AND t.index BETWEEN r.first AND r.first + r.count - 1), r.first) AS next"
            + " FROM dispatcher.task_range r WHERE r.shard = $1"
            + " AND NOT EXISTS (SELECT FROM dispatcher.tombstone d WHERE d.job_id = r.job_id)";
    for (Row row : tx.query(sql, shard)) {
      JobId id = new JobId(row.getString("job_id"));
      Draft draft =
          drafts.computeIfAbsent(
              id,
              job -> {
                Draft orphan = new Draft(job, row.getString("pool"));
                orphan.since = now;
                return orphan;
              });
      draft.ranges.add(
          new RangeSnapshot(
              row.getInteger("first"), row.getInteger("count"), row.getInteger("next")));
    }
  }

  private static void readTasks(Tx tx, int shard, Map<JobId, Draft> drafts) {
    for (Row row :
        tx.query(
            TASKS + " AND t.state IN ('READY', 'LEASED', 'RUNNING', 'RETRY_WAIT', 'GANG_WAIT')",
            shard)) {
      Draft draft = drafts.get(new JobId(row.getString("job_id")));
      if (draft != null) {
        draft.active.put(row.getInteger("index"), TaskRows.state(row));
      }
    }
    for (Row row :
        tx.query(
            TASKS
                + " AND t.state IN ('SUCCEEDED', 'FAILED')"
                + " AND (t.epoch > 1 OR t.fenced OR t.failures > 0 OR t.losses > 0)",
            shard)) {
      Draft draft = drafts.get(new JobId(row.getString("job_id")));
      if (draft != null) {
        draft.unusual.put(row.getInteger("index"), TaskRows.tally(row));
      }
    }
    String done =
        "SELECT t.job_id, range_agg(int4range(t.index, t.index, '[]'))::text AS done"
            + " FROM dispatcher.task t JOIN dispatcher.job j USING (job_id)"
            + " WHERE j.shard = $1 AND t.state IN ('SUCCEEDED', 'FAILED') GROUP BY t.job_id";
    for (Row row : tx.query(done, shard)) {
      Draft draft = drafts.get(new JobId(row.getString("job_id")));
      if (draft != null) {
        draft.done = multirange(row.getString("done"));
      }
    }
  }

  /** PostgreSQL's text of a multirange of integers, such as {@code {[0,5),[7,8)}}. */
  static IndexRanges multirange(String text) {
    List<IndexRanges.Range> ranges = new ArrayList<>();
    for (String part : text.substring(1, text.length() - 1).split("\\),?", -1)) {
      if (!part.isEmpty()) {
        int comma = part.indexOf(',');
        ranges.add(
            new IndexRanges.Range(
                Integer.parseInt(part.substring(1, comma)),
                Integer.parseInt(part.substring(comma + 1)) - 1));
      }
    }
    return new IndexRanges(ranges);
  }

  /** A job while its rows are read. */
  private static final class Draft {
    private final JobId id;
    private final String pool;
    private final List<RangeSnapshot> ranges = new ArrayList<>();
    private final Map<Integer, TaskState> active = new HashMap<>();
    private final Map<Integer, Tally> unusual = new HashMap<>();
    private final Map<Integer, List<String>> gangs = new HashMap<>();
    private PlanEvent.@Nullable JobPlanned plan;
    private @Nullable String traceparent;
    private JobPhase phase = JobPhase.OPEN;
    private Instant since = Instant.EPOCH;
    private IndexRanges done = IndexRanges.EMPTY;

    Draft(JobId id, String pool) {
      this.id = id;
      this.pool = pool;
    }

    JobSnapshot finish() {
      return new JobSnapshot(
          id, plan, traceparent, phase, since, ranges, active, done, unusual, gangs);
    }
  }
}
