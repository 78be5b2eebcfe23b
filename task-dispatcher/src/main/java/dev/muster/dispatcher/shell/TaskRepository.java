package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.TaskKey;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes effects, one statement per table however many rows there are; repeating it is harmless.
 */
final class TaskRepository {
  /** Writes everything but the records that go to Kafka. */
  void write(Tx tx, Effects effects) {
    writeWorkers(tx, effects.workers());
    forget(tx, effects.forgotten());
    writeJobs(tx, effects.jobs());
    writeRanges(tx, effects.ranges());
    writeGangs(tx, effects.gangs());
    writeTasks(tx, effects);
    bury(tx, effects.buried());
  }

  private static void writeWorkers(Tx tx, Map<?, Effects.WorkerRow> workers) {
    if (workers.isEmpty()) {
      return;
    }
    int n = workers.size();
    String[] pools = new String[n];
    String[] names = new String[n];
    Integer[] shards = new Integer[n];
    Long[] incarnations = new Long[n];
    String[] capacities = new String[n];
    String[] phases = new String[n];
    @Nullable String[] addresses = new String[n];
    int i = 0;
    for (Effects.WorkerRow row : workers.values()) {
      pools[i] = row.pool();
      names[i] = row.state().id().value();
      shards[i] = Topic.shardOf(row.pool());
      incarnations[i] = row.state().incarnation();
      capacities[i] = Json.text(row.state().capacity());
      addresses[i] = row.state().address();
      phases[i++] = row.state().phase().name();
    }
    tx.later(
        "INSERT INTO dispatcher.worker (pool, worker, shard, incarnation, capacity, phase, address)"
            + " SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[],"
            + " $6::text[], $7::text[]) ON CONFLICT (pool, worker) DO UPDATE SET incarnation ="
            + " EXCLUDED.incarnation, capacity = EXCLUDED.capacity, phase = EXCLUDED.phase,"
            + " address = EXCLUDED.address, changed_at = now()",
        pools,
        names,
        shards,
        incarnations,
        capacities,
        phases,
        addresses);
  }

  private static void forget(Tx tx, Map<WorkerId, String> workers) {
    if (!workers.isEmpty()) {
      tx.later(
          "DELETE FROM dispatcher.worker USING unnest($1::text[], $2::text[]) AS gone(pool, worker)"
              + " WHERE worker.pool = gone.pool AND worker.worker = gone.worker",
          workers.values().toArray(String[]::new),
          workers.keySet().stream().map(WorkerId::value).toArray(String[]::new));
    }
  }

  private static void writeJobs(Tx tx, Map<JobId, Effects.JobRow> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    int n = jobs.size();
    String[] ids = new String[n];
    Integer[] shards = new Integer[n];
    String[] pools = new String[n];
    String[] plans = new String[n];
    String[] traces = new String[n];
    String[] phases = new String[n];
    int i = 0;
    for (Map.Entry<JobId, Effects.JobRow> job : jobs.entrySet()) {
      Effects.JobRow row = job.getValue();
      ids[i] = job.getKey().value();
      shards[i] = Topic.shardOf(row.pool());
      pools[i] = row.pool();
      plans[i] = Json.text(row.plan());
      traces[i] = row.traceparent();
      phases[i++] = row.phase().name();
    }
    tx.later(
        "INSERT INTO dispatcher.job (job_id, shard, pool, plan, traceparent, phase) SELECT * FROM"
            + " unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) ON"
            + " CONFLICT (job_id) DO UPDATE SET phase = EXCLUDED.phase, plan = EXCLUDED.plan",
        ids,
        shards,
        pools,
        plans,
        traces,
        phases);
  }

  private static void writeRanges(Tx tx, List<Effects.RangeRow> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    int n = ranges.size();
    String[] ids = new String[n];
    Integer[] firsts = new Integer[n];
    Integer[] sizes = new Integer[n];
    Integer[] shards = new Integer[n];
    String[] pools = new String[n];
    String[] payloads = new String[n];
    String[] templates = new String[n];
    for (int i = 0; i < n; i++) {
      Effects.RangeRow row = ranges.get(i);
      ids[i] = row.tasks().job().value();
      firsts[i] = row.tasks().firstIndex();
      sizes[i] = row.tasks().count();
      shards[i] = Topic.shardOf(row.pool());
      pools[i] = row.pool();
      payloads[i] = row.tasks().template() == null ? Json.text(row.tasks().payloads()) : null;
      templates[i] = row.tasks().template() == null ? null : Json.text(row.tasks().template());
    }
    tx.later(
        "INSERT INTO dispatcher.task_range (job_id, first, count, shard, pool, payloads, template)"
            + " SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::text[],"
            + " $6::text[], $7::text[]) ON CONFLICT (job_id, first) DO NOTHING",
        ids,
        firsts,
        sizes,
        shards,
        pools,
        payloads,
        templates);
  }

  /** Few rows and rare: one statement each, whose members are an array. */
  private static void writeGangs(Tx tx, List<Effects.GangRow> gangs) {
    for (Effects.GangRow gang : gangs) {
      tx.later(
          "INSERT INTO dispatcher.gang (job_id, first, members) VALUES ($1, $2, $3::text[])"
              + " ON CONFLICT (job_id, first) DO UPDATE SET members = EXCLUDED.members",
          gang.job().value(),
          gang.first(),
          gang.members().toArray(String[]::new));
    }
  }

  private static void writeTasks(Tx tx, Effects effects) {
    Map<TaskKey, Effects.TaskRow> tasks = effects.tasks();
    if (tasks.isEmpty()) {
      return;
    }
    Columns columns = new Columns(tasks.size());
    Map<TaskKey, String> histories = histories(effects);
    tasks.forEach((key, row) -> columns.add(key, row, histories.get(key)));
    tx.later(
        "INSERT INTO dispatcher.task AS t (job_id, index, state, attempt, epoch, losses, deaths,"
            + " failures, fenced, worker, incarnation, devices, leased_at, started_at,"
            + " available_at, outcome, history) SELECT * FROM unnest($1::text[], $2::int[], $3::text[],"
            + " $4::int[], $5::bigint[], $6::int[], $7::int[], $8::int[], $9::boolean[],"
            + " $10::text[], $11::bigint[], $12::text[], $13::timestamptz[], $14::timestamptz[],"
            + " $15::timestamptz[], $16::text[], $17::text[]) ON CONFLICT (job_id, index) DO UPDATE SET state ="
            + " EXCLUDED.state, attempt = EXCLUDED.attempt, epoch = EXCLUDED.epoch, losses ="
            + " EXCLUDED.losses, deaths = EXCLUDED.deaths, failures = EXCLUDED.failures, fenced ="
            + " EXCLUDED.fenced, worker = EXCLUDED.worker, incarnation = EXCLUDED.incarnation,"
            + " devices = EXCLUDED.devices, leased_at = EXCLUDED.leased_at, started_at ="
            + " EXCLUDED.started_at, available_at = EXCLUDED.available_at, outcome ="
            + " coalesce(EXCLUDED.outcome, t.outcome), history = CASE WHEN EXCLUDED.history IS NULL"
            + " THEN t.history ELSE concat_ws(',', t.history, EXCLUDED.history) END"
            + " WHERE t.epoch <= EXCLUDED.epoch",
        columns.arguments());
  }

  /** What is told of attempts that are over, and that the tasks' other columns do not say. */
  private static Map<TaskKey, String> histories(Effects effects) {
    Map<TaskKey, String> histories = new HashMap<>();
    for (JobId job : effects.newsworthy()) {
      for (TaskEvent event : effects.news(job).events()) {
        switch (event) {
          case TaskEvent.AttemptMetered e -> note(histories, new TaskKey(job, e.index()), e);
          case TaskEvent.TaskRetrying e -> note(histories, new TaskKey(job, e.index()), e);
          case TaskEvent.TaskLeased _,
              TaskEvent.TaskStarted _,
              TaskEvent.TaskReturned _,
              TaskEvent.TaskSucceeded _,
              TaskEvent.TaskFailed _,
              TaskEvent.TasksCancelled _,
              TaskEvent.JobStopped _ -> {}
        }
      }
    }
    return histories;
  }

  private static void note(Map<TaskKey, String> histories, TaskKey key, TaskEvent event) {
    histories.merge(key, Json.text(event), (before, next) -> before + "," + next);
  }

  private static void bury(Tx tx, Set<JobId> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    String[] ids = jobs.stream().map(JobId::value).toArray(String[]::new);
    tx.later("DELETE FROM dispatcher.job WHERE job_id = ANY($1)", (Object) ids);
    tx.later(
        "INSERT INTO dispatcher.tombstone (job_id) SELECT * FROM unnest($1::text[])"
            + " ON CONFLICT (job_id) DO UPDATE SET swept = false",
        (Object) ids);
  }

  /** Rows of task, column by column. */
  private static final class Columns {
    private final String[] jobs;
    private final Integer[] indexes;
    private final String[] states;
    private final Integer[] attempts;
    private final Long[] epochs;
    private final Integer[] losses;
    private final Integer[] deaths;
    private final Integer[] failures;
    private final Boolean[] fenced;
    private final @Nullable String[] workers;
    private final @Nullable Long[] incarnations;
    private final @Nullable String[] devices;
    private final @Nullable OffsetDateTime[] leasedAt;
    private final @Nullable OffsetDateTime[] startedAt;
    private final @Nullable OffsetDateTime[] availableAt;
    private final @Nullable String[] outcomes;
    private final @Nullable String[] histories;
    private int at;

    Columns(int n) {
      jobs = new String[n];
      indexes = new Integer[n];
      states = new String[n];
      attempts = new Integer[n];
      epochs = new Long[n];
      losses = new Integer[n];
      deaths = new Integer[n];
      failures = new Integer[n];
      fenced = new Boolean[n];
      workers = new String[n];
      incarnations = new Long[n];
      devices = new String[n];
      leasedAt = new OffsetDateTime[n];
      startedAt = new OffsetDateTime[n];
      availableAt = new OffsetDateTime[n];
      outcomes = new String[n];
      histories = new String[n];
    }

    void add(TaskKey key, Effects.TaskRow row, @Nullable String history) {
      TaskState state = row.state();
      Tally tally = state.tally();
      jobs[at] = key.job().value();
      indexes[at] = key.index();
      states[at] = TaskRows.name(state);
      attempts[at] = tally.attempt();
      epochs[at] = tally.epoch();
      losses[at] = tally.losses();
      deaths[at] = tally.deaths();
      failures[at] = tally.failures();
      fenced[at] = tally.fenced();
      TaskState.Live live = state.live();
      if (live != null) {
        workers[at] = live.worker().value();
        incarnations[at] = live.incarnation();
        devices[at] = live.devices().isEmpty() ? null : Json.text(live.devices());
        leasedAt[at] = time(live.leasedAt());
      }
      startedAt[at] = state instanceof TaskState.Running running ? time(running.startedAt()) : null;
      availableAt[at] = state instanceof TaskState.RetryWait wait ? time(wait.availableAt()) : null;
      outcomes[at] = row.outcome() == null ? null : Json.text(row.outcome());
      histories[at] = history;
      at++;
    }

    Object[] arguments() {
      return new Object[] {
        jobs,
        indexes,
        states,
        attempts,
        epochs,
        losses,
        deaths,
        failures,
        fenced,
        workers,
        incarnations,
        devices,
        leasedAt,
        startedAt,
        availableAt,
        outcomes,
        histories
      };
    }

    private static OffsetDateTime time(Instant instant) {
      return instant.atOffset(ZoneOffset.UTC);
    }
  }
}
