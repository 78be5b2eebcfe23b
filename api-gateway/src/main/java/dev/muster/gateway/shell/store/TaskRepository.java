package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.ChunkTemplate;
import dev.muster.contracts.task.TaskPayload;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.ResultsView.TaskResult;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads tasks, results and output from the aggregator's tables. Whoever asks has looked the job up
 * with its tenant before.
 */
public final class TaskRepository {
  private static final String TASK_COLUMNS =
      "i.index, t.state, t.attempt, t.epoch, t.worker, t.leased_at, t.started_at, t.ended_at,"
          + " t.error_code, t.error, t.exit_code, t.signal, t.run_millis, t.attempts,"
          + " t.last_failed, o.epoch AS output_epoch, right(o.head || o.tail, 10240) AS output_tail,"
          + " o.progress, COALESCE(o.progress_epoch, o.epoch) AS progress_epoch, o.updated_at,"
          + " (SELECT sum(u.nanos)::bigint FROM aggregator.usage u"
          + " WHERE u.job_id = $1 AND u.index = i.index) AS cost";

  /** What a task counts as that a retry leaves out. */
  public static final String LEFT_OUT = "CANCELLED";

  private static final String OUTPUT_JOIN =
      " LEFT JOIN aggregator.task_output o ON o.job_id = $1 AND o.index = i.index";

  private final Pool pool;
  private final DatabaseWatch watch;

  public TaskRepository(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * Tasks in order of their index.
   *
   * @param total tasks of the job
   * @param absent the state of a task without a row that may still run
   * @param leftOut tasks that never run; they have no row and count as cancelled
   * @param states which states, or null for all
   * @param from the first index
   */
  public RowSet<Row> tasks(
      JobId job,
      int total,
      String absent,
      IndexRanges leftOut,
      @Nullable List<String> states,
      int from,
      int limit) {
    String[] wanted = states == null ? null : states.toArray(String[]::new);
    if (states == null
        || states.contains(absent)
        || (!leftOut.isEmpty() && states.contains(LEFT_OUT))) {
      return query(
          "SELECT "
              + TASK_COLUMNS
              + " FROM generate_series($2::int, $3::int) AS i (index)"
              + " LEFT JOIN aggregator.task t ON t.job_id = $1 AND t.index = i.index"
              + OUTPUT_JOIN
              + " WHERE $4::text[] IS NULL OR COALESCE(t.state, CASE WHEN i.index <@"
              + " $7::text::int4multirange THEN '"
              + LEFT_OUT
              + "' ELSE $5 END) = ANY($4)"
              + " ORDER BY i.index LIMIT $6",
          job.value(),
          from,
          total - 1,
          wanted,
          absent,
          limit,
          multirange(leftOut));
    }
    return query(
        "SELECT "
            + TASK_COLUMNS
            + " FROM aggregator.task t"
            + " CROSS JOIN LATERAL (SELECT t.index) AS i (index)"
            + OUTPUT_JOIN
            + " WHERE t.job_id = $1 AND t.index >= $2 AND t.state = ANY($3)"
            + " ORDER BY t.index LIMIT $4",
        job.value(),
        from,
        wanted,
        limit);
  }

  /** The set as PostgreSQL writes it. */
  private static String multirange(IndexRanges set) {
    return set.ranges().stream()
        .map(range -> "[" + range.first() + "," + range.last() + "]")
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** The results of tasks that have ended, in order of their index. */
  public List<TaskResult> results(JobId job, JobSpec spec, int from, int limit) {
    List<TaskResult> results = new ArrayList<>();
    for (Row row :
        query(
            "SELECT index, state, attempt, result, error_code, error, run_millis,"
                + " ARRAY(SELECT a.id FROM gateway.artifact a WHERE t.state = 'SUCCEEDED'"
                + " AND a.job_id = t.job_id AND a.task_index = t.index AND a.epoch = t.epoch"
                + " AND a.attempt = t.attempt ORDER BY a.id) AS artifacts"
                + " FROM aggregator.task t WHERE job_id = $1 AND index >= $2"
                + " AND state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')"
                + " ORDER BY index LIMIT $3",
            job.value(),
            from,
            limit)) {
      results.add(
          new TaskResult(
              row.getInteger("index"),
              row.getString("state").toLowerCase(Locale.ROOT),
              JsonText.of(row.getString("result")),
              row.getInteger("attempt"),
              row.getInteger("attempt"),
              row.getString("error_code"),
              row.getString("error"),
              seconds(row),
              spec.variantOf(row.getInteger("index")),
              List.of(row.getArrayOfStrings("artifacts"))));
    }
    return results;
  }

  /**
   * What tasks wrote, in order of their index. Until the current attempt has written something it
   * is what the last failed one wrote at its end (S2-32).
   *
   * @param task one task, or null for all
   */
  public RowSet<Row> outputs(JobId job, @Nullable Integer task, int from, int limit) {
    return query(
        "SELECT i.index, t.epoch, t.attempt, t.last_failed, o.epoch AS output_epoch,"
            + " o.attempt AS output_attempt, o.head, o.tail, o.head_errors, o.tail_errors, o.cut,"
            + " o.bytes, o.gaps"
            + " FROM (SELECT index FROM aggregator.task WHERE job_id = $1 AND index >= $2"
            + "   AND ($3::int IS NULL OR index = $3)"
            + "   UNION SELECT index FROM aggregator.task_output WHERE job_id = $1 AND index >= $2"
            + "   AND ($3::int IS NULL OR index = $3) ORDER BY index LIMIT $4) i"
            + " LEFT JOIN aggregator.task t ON t.job_id = $1 AND t.index = i.index"
            + OUTPUT_JOIN
            + " ORDER BY i.index",
        job.value(),
        from,
        task,
        limit);
  }

  /**
   * The end of the output of the running task that wrote last; empty when none has. Tasks of a job
   * start about in order of their index, and those that wait have no row: so the running ones are
   * found from the end without looking at all.
   */
  public Optional<Row> newestOutput(JobId job) {
    RowSet<Row> rows =
        query(
            "SELECT r.index, right(o.head || o.tail, 10240) AS output_tail"
                + " FROM (SELECT index, epoch FROM aggregator.task"
                + "   WHERE job_id = $1 AND state = 'RUNNING' ORDER BY index DESC LIMIT 16) r"
                + " JOIN aggregator.task_output o"
                + "   ON o.job_id = $1 AND o.index = r.index AND o.epoch = r.epoch"
                + " WHERE o.bytes > 0 ORDER BY o.updated_at DESC LIMIT 1",
            job.value());
    return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
  }

  /** The tasks of a job that succeeded. */
  public IndexRanges succeeded(JobId job) {
    return in(job, "SUCCEEDED");
  }

  /** The tasks that failed. */
  public IndexRanges failed(JobId job) {
    return in(job, "FAILED");
  }

  private IndexRanges in(JobId job, String state) {
    IntStream.Builder indexes = IntStream.builder();
    for (Row row :
        query(
            "SELECT index FROM aggregator.task WHERE job_id = $1 AND state = $2",
            job.value(),
            state)) {
      indexes.add(row.getInteger(0));
    }
    return IndexRanges.of(indexes.build());
  }

  /** The payloads of some tasks, as the worker gets them. */
  public Map<Integer, JsonText> payloads(JobId job, JobSpec spec, List<Integer> indexes) {
    Map<Integer, JsonText> payloads = new HashMap<>();
    indexes.stream()
        .filter(index -> TaskPayload.isReduce(spec, index))
        .forEach(
            index -> payloads.put(index, new JsonText(TaskPayload.of(spec, index, List.of()))));
    made(
        job,
        spec,
        indexes.stream().filter(index -> !payloads.containsKey(index)).toList(),
        payloads);
    return payloads;
  }

  private void made(
      JobId job, JobSpec spec, List<Integer> indexes, Map<Integer, JsonText> payloads) {
    FanOut fanOut = spec.fanOut();
    switch (fanOut.shape()) {
      case NONE ->
          indexes.forEach(
              index -> payloads.put(index, new JsonText(TaskPayload.of(spec, index, List.of()))));
      case CHUNKS -> {
        ChunkTemplate template =
            new ChunkTemplate(
                spec.payload(),
                Objects.requireNonNull(fanOut.field()),
                fanOut.items(),
                fanOut.total(),
                spec.batchSize());
        indexes.forEach(index -> payloads.put(index, new JsonText(template.payloadOf(index))));
      }
      case BY, ITEMS -> listed(job, spec, indexes, payloads);
    }
  }

  /** A part holds whole tasks, so each task's items are in one row. */
  private void listed(
      JobId job, JobSpec spec, List<Integer> indexes, Map<Integer, JsonText> payloads) {
    int perTask = Math.max(1, spec.batchSize());
    for (Row row :
        query(
            "SELECT w.index, c.items[w.first - c.first_item + 1 :"
                + "   least(w.first + $3::int - c.first_item, cardinality(c.items))] AS items"
                + " FROM (SELECT index, index * $3::int AS first FROM unnest($2::int[]) AS u (index)) w"
                + " JOIN gateway.item_chunk c ON c.job_id = $1 AND w.first >= c.first_item"
                + "   AND w.first < c.first_item + cardinality(c.items)",
            job.value(),
            indexes.toArray(Integer[]::new),
            perTask)) {
      int index = row.getInteger("index");
      payloads.put(
          index,
          new JsonText(TaskPayload.of(spec, index, List.of(row.getArrayOfStrings("items")))));
    }
  }

  static @Nullable Double seconds(Row row) {
    Long millis = row.getLong("run_millis");
    return millis == null ? null : millis / 1000.0;
  }

  private RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return watch.await(pool.preparedQuery(sql).execute(Tuple.from(arguments)));
  }
}
