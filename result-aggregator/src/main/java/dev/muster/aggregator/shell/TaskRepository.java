package dev.muster.aggregator.shell;

import dev.muster.aggregator.output.OutputMerge;
import dev.muster.aggregator.task.TaskFacts;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskState;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The table {@code aggregator.task}; its callers hold the lock of the job's row. */
final class TaskRepository {
  private static final String LOAD =
      """
      SELECT job_id, index, state, attempt, epoch, worker, leased_at, started_at, ended_at,
        attempts, last_failed
      FROM unnest($1::text[], $2::int[]) AS k(job_id, index)
      JOIN aggregator.task USING (job_id, index)
      """;

  /** The guard says once more what the decider knows: a task ends once. */
  private static final String SAVE =
      """
      INSERT INTO aggregator.task AS t (job_id, index, state, attempt, epoch, worker, leased_at,
        started_at, ended_at, result, error_code, error, exit_code, signal, run_millis, attempts,
        last_failed)
      SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::bigint[], $6::text[],
        $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[],
        $12::text[], $13::int[], $14::int[], $15::bigint[], $16::text[], $17::text[])
      ON CONFLICT (job_id, index) DO UPDATE SET state = excluded.state,
        attempt = excluded.attempt, epoch = excluded.epoch, worker = excluded.worker,
        leased_at = excluded.leased_at, started_at = excluded.started_at,
        ended_at = excluded.ended_at, result = excluded.result, error_code = excluded.error_code,
        error = excluded.error, exit_code = excluded.exit_code, signal = excluded.signal,
        run_millis = excluded.run_millis, attempts = excluded.attempts,
        last_failed = excluded.last_failed
      WHERE t.state NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')
      """;

  private static final String CARRY =
      """
      INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, worker, leased_at,
        started_at, ended_at, result, exit_code, run_millis, attempts, last_failed)
      SELECT $1, t.index, t.state, t.attempt, t.epoch, t.worker, t.leased_at, t.started_at,
        t.ended_at, t.result, t.exit_code, t.run_millis, t.attempts, t.last_failed
      FROM unnest($4::int[], $5::int[]) AS r(first, last)
      JOIN aggregator.task t ON t.job_id = $2 AND t.index BETWEEN r.first AND r.last
      JOIN aggregator.job j ON j.job_id = t.job_id AND j.tenant = $3
      WHERE t.state = 'SUCCEEDED'
      ON CONFLICT (job_id, index) DO NOTHING
      """;

  private static final String CARRY_OUTPUT =
      """
      INSERT INTO aggregator.task_output (job_id, index, attempt, epoch, head, tail, cut, bytes,
        gaps, progress, progress_epoch, updated_at)
      SELECT t.job_id, o.index, o.attempt, o.epoch, o.head, o.tail, o.cut, o.bytes, o.gaps,
        o.progress, o.progress_epoch, o.updated_at
      FROM aggregator.task t JOIN aggregator.task_output o ON o.job_id = $2 AND o.index = t.index
      WHERE t.job_id = $1
      ON CONFLICT (job_id, index) DO NOTHING
      """;

  /** What is known of these tasks; one without a row is pending. The statement is sent at once. */
  Supplier<Map<TaskKey, TaskFacts>> load(Tx tx, Collection<TaskKey> keys) {
    Supplier<RowSet<Row>> answer =
        tx.ask(
            LOAD,
            Columns.texts(keys, key -> key.job().value()),
            Columns.ints(keys, TaskKey::index));
    return () -> {
      Map<TaskKey, TaskFacts> facts = new HashMap<>();
      for (Row row : answer.get()) {
        facts.put(
            new TaskKey(new JobId(row.getString("job_id")), row.getInteger("index")), facts(row));
      }
      return facts;
    };
  }

  /** Writes all of these tasks in one statement; what is returned checks that each went on. */
  Runnable save(Tx tx, Map<TaskKey, TaskFacts> tasks) {
    if (tasks.isEmpty()) {
      return () -> {};
    }
    List<Entry<TaskKey, TaskFacts>> rows = List.copyOf(tasks.entrySet());
    Supplier<RowSet<Row>> saved =
        tx.ask(
            SAVE,
            Columns.texts(rows, r -> r.getKey().job().value()),
            Columns.ints(rows, r -> r.getKey().index()),
            Columns.texts(rows, r -> r.getValue().state().name()),
            Columns.ints(rows, r -> r.getValue().attempt()),
            Columns.longs(rows, r -> r.getValue().epoch()),
            Columns.texts(rows, r -> r.getValue().worker()),
            Columns.times(rows, r -> r.getValue().leasedAt()),
            Columns.times(rows, r -> r.getValue().startedAt()),
            Columns.times(rows, r -> r.getValue().endedAt()),
            Columns.texts(rows, r -> end(r, AttemptEnd::result)),
            Columns.texts(
                rows, r -> end(r, e -> e.errorCode() == null ? null : e.errorCode().word())),
            Columns.texts(
                rows, r -> end(r, e -> e.error() == null ? null : OutputMerge.storable(e.error()))),
            Columns.ints(rows, r -> end(r, AttemptEnd::exitCode)),
            Columns.ints(rows, r -> end(r, AttemptEnd::signal)),
            Columns.longs(rows, r -> end(r, AttemptEnd::runMillis)),
            Columns.texts(rows, r -> AttemptJson.history(r.getValue().history())),
            Columns.texts(
                rows,
                r ->
                    AttemptJson.lastFailed(
                        r.getValue().lastFailed(), r.getValue().lastFailedTail())));
    return () -> {
      int written = saved.get().rowCount();
      if (written != rows.size()) {
        throw new IllegalStateException(
            "Expected to save " + rows.size() + " tasks that go on, but " + written + " do");
      }
    };
  }

  /**
   * Takes over results, and their output, of a finished job of the same tenant; all of them or
   * none.
   *
   * @return how many are there to be taken over
   */
  int carry(Tx tx, JobId to, JobId from, String tenant, IndexRanges indexes) {
    int carried =
        tx.update(
            CARRY,
            to.value(),
            from.value(),
            tenant,
            Columns.ints(indexes.ranges(), IndexRanges.Range::first),
            Columns.ints(indexes.ranges(), IndexRanges.Range::last));
    if (carried == indexes.size()) {
      tx.later(CARRY_OUTPUT, to.value(), from.value());
    } else {
      tx.later("DELETE FROM aggregator.task WHERE job_id = $1", to.value());
    }
    return carried;
  }

  /** Tasks of a cancelled job that have not ended never will. */
  void cancelRest(Tx tx, JobId job) {
    tx.later(
        "UPDATE aggregator.task SET state = 'CANCELLED', ended_at = now() WHERE job_id = $1"
            + " AND state NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')",
        job.value());
  }

  private static <T> @Nullable T end(
      Entry<TaskKey, TaskFacts> row, Function<AttemptEnd, @Nullable T> part) {
    AttemptEnd end = row.getValue().end();
    return end == null ? null : part.apply(end);
  }

  private static TaskFacts facts(Row row) {
    @Nullable String lastFailed = row.getString("last_failed");
    return new TaskFacts(
        TaskState.valueOf(row.getString("state")),
        row.getInteger("attempt"),
        row.getLong("epoch"),
        row.getString("worker"),
        instant(row, "leased_at"),
        instant(row, "started_at"),
        instant(row, "ended_at"),
        null,
        AttemptJson.readHistory(row.getString("attempts")),
        AttemptJson.readLastFailed(lastFailed),
        AttemptJson.readOutputTail(lastFailed));
  }

  private static @Nullable Instant instant(Row row, String column) {
    return Columns.instant(row.get(OffsetDateTime.class, column));
  }
}
