package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.gateway.feed.Snapshot;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.StoredJob;
import dev.muster.kit.Json;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads jobs: the gateway's own submissions joined with the aggregator's rows, so that a job is
 * there the moment its 202 is sent. Every query names the tenant.
 */
public final class JobRepository {
  private static final String COLUMNS =
      "SELECT s.job_id, s.created_at, s.spec, s.payload, s.payload_omitted, j.state, j.shown,"
          + " j.version, j.total, j.leased, j.running, j.succeeded, j.failed, j.cancelled,"
          + " j.attempts_lost, j.retries, j.queued_at, j.assigned_at, j.started_at,"
          + " j.finalizing_at, j.ended_at, j.error_code, j.error, j.cancel_state,"
          + " j.cancel_reason, j.cancel_requested_at, j.cancel_ended_at, j.summary, j.aggregate,"
          + " j.results_deleted,"
          + " CASE WHEN s.depends_on IS NOT NULL AND (j.state IS NULL OR j.state IN"
          + " ('PLANNING', 'BLOCKED')) THEN ARRAY(SELECT d.id FROM unnest(s.depends_on)"
          + " WITH ORDINALITY AS d (id, place)"
          + " LEFT JOIN aggregator.job p ON p.job_id = d.id WHERE p.state IS NULL OR p.state NOT IN"
          + " ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED') ORDER BY d.place)"
          + " END AS blocked_on,"
          + " j.stop_reason, j.live,"
          + " a.cost, pg_current_snapshot()::text AS snapshot, now() AS read_at,"
          // The median of the last few of its kind, of a job that runs; for others nothing is read.
          + " (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY each) FROM ("
          + "SELECT extract(epoch FROM h.ended_at - h.started_at) * 1000"
          + " / greatest(1, h.succeeded + h.failed) AS each"
          + " FROM aggregator.job h WHERE j.state = 'RUNNING' AND h.tenant = j.tenant"
          + " AND h.work = j.work AND h.work IS NOT NULL AND h.state = 'COMPLETED'"
          + " AND h.stop_reason IS NULL AND h.started_at IS NOT NULL"
          + " ORDER BY h.ended_at DESC LIMIT 5) AS last) AS usual_millis"
          + " FROM gateway.submission s"
          + " LEFT JOIN aggregator.job j ON j.job_id = s.job_id AND j.version > 0"
          + " LEFT JOIN aggregator.job_account a ON a.job_id = s.job_id";

  private final Pool pool;
  private final DatabaseWatch watch;

  public JobRepository(Pool pool, DatabaseWatch watch) {
    this.pool = pool;
    this.watch = watch;
  }

  /**
   * A job and what is known of it.
   *
   * @param stored the submission
   * @param facts what the aggregator knows
   */
  public record Found(StoredJob stored, JobFacts facts) {}

  /**
   * Which jobs to list; what is null is not asked for.
   *
   * @param states canonical states, or null for all
   * @param words the native words, for jobs that are being cancelled
   * @param tag a tag they have
   * @param after created at or after
   * @param before created before
   * @param fromCreated where the page begins: before this time …
   * @param fromJob … or at it with a lower id
   * @param limit most jobs
   */
  public record Filter(
      @Nullable List<String> states,
      @Nullable List<String> words,
      @Nullable String tag,
      @Nullable Instant after,
      @Nullable Instant before,
      @Nullable Instant fromCreated,
      @Nullable String fromJob,
      int limit) {}

  /** One job of a tenant; a job of another tenant is as absent as one that never was. */
  public Optional<Found> find(String tenant, JobId job) {
    RowSet<Row> rows =
        query(COLUMNS + " WHERE s.tenant = $1 AND s.job_id = $2", tenant, job.value());
    return rows.size() == 0 ? Optional.empty() : Optional.of(found(rows.iterator().next()));
  }

  /**
   * Jobs as they were at one moment.
   *
   * @param jobs those that exist, by id
   * @param at the moment
   */
  public record Moment(Map<JobId, Found> jobs, Snapshot at) {}

  /** Some jobs of a tenant, at least one asked for, all as they were at the same moment. */
  public Optional<Moment> moment(String tenant, Collection<JobId> jobs) {
    Map<JobId, Found> found = new LinkedHashMap<>();
    @Nullable Snapshot at = null;
    for (Row row : byId(List.of(tenant), jobs)) {
      Found one = found(row);
      found.put(one.stored().id(), one);
      at = Snapshot.parse(row.getString("snapshot"));
    }
    return at == null ? Optional.empty() : Optional.of(new Moment(found, at));
  }

  /**
   * The newest jobs of a tenant, newest first.
   *
   * @param before a moment before this one; where there are no jobs it is as good
   */
  public Moment newest(String tenant, Snapshot before, int limit) {
    Map<JobId, Found> found = new LinkedHashMap<>();
    Snapshot at = before;
    for (Row row :
        query(
            COLUMNS + " WHERE s.tenant = $1 ORDER BY s.created_at DESC, s.job_id DESC LIMIT $2",
            tenant,
            limit)) {
      Found one = found(row);
      found.put(one.stored().id(), one);
      at = Snapshot.parse(row.getString("snapshot"));
    }
    return new Moment(found, at);
  }

  /** Jobs of several tenants, by id. */
  public Map<JobId, Found> findAll(Collection<String> tenants, Collection<JobId> jobs) {
    Map<JobId, Found> found = new HashMap<>();
    for (Row row : byId(tenants, jobs)) {
      Found one = found(row);
      found.put(one.stored().id(), one);
    }
    return found;
  }

  private RowSet<Row> byId(Collection<String> tenants, Collection<JobId> jobs) {
    return query(
        COLUMNS + " WHERE s.tenant = ANY($1::text[]) AND s.job_id = ANY($2::text[])",
        tenants.toArray(String[]::new),
        jobs.stream().map(JobId::value).toArray(String[]::new));
  }

  /** Whose these jobs are, by id; what does not exist is left out. */
  public Map<String, Owner> owners(Collection<String> jobs) {
    Map<String, Owner> owners = new HashMap<>();
    for (Row row :
        query(
            "SELECT job_id, tenant, project, tags FROM gateway.submission"
                + " WHERE job_id = ANY($1::text[])",
            (Object) jobs.toArray(String[]::new))) {
      owners.put(
          row.getString("job_id"),
          new Owner(
              row.getString("tenant"),
              row.getString("project"),
              List.of(row.getArrayOfStrings("tags"))));
    }
    return owners;
  }

  /** The last event of a job at or before a time. */
  public Optional<JobEvent> eventAt(JobId job, Instant at) {
    RowSet<Row> rows =
        query(
            "SELECT body FROM aggregator.job_event WHERE job_id = $1 AND at <= $2"
                + " ORDER BY seq DESC LIMIT 1",
            job.value(),
            utc(at));
    return rows.size() == 0
        ? Optional.empty()
        : Optional.of(Json.read(rows.iterator().next().getString("body"), JobEvent.class));
  }

  /** Jobs of a tenant, newest first. */
  public List<Found> list(String tenant, Filter filter) {
    List<Found> jobs = new ArrayList<>();
    for (Row row :
        query(
            COLUMNS
                + " WHERE s.tenant = $1"
                + " AND ($2::text[] IS NULL OR COALESCE(j.state, 'PLANNING') = ANY($2)"
                + "   OR (j.state = 'CANCELING' AND j.shown = ANY($3::text[])))"
                + " AND ($4::text IS NULL OR s.tags @> ARRAY[$4::text])"
                + " AND ($5::timestamptz IS NULL OR s.created_at >= $5)"
                + " AND ($6::timestamptz IS NULL OR s.created_at < $6)"
                + " AND ($7::timestamptz IS NULL OR (s.created_at, s.job_id) < ($7, $8::text))"
                + " ORDER BY s.created_at DESC, s.job_id DESC LIMIT $9",
            tenant,
            array(filter.states()),
            array(filter.words()),
            filter.tag(),
            utc(filter.after()),
            utc(filter.before()),
            utc(filter.fromCreated()),
            filter.fromJob(),
            filter.limit())) {
      jobs.add(found(row));
    }
    return jobs;
  }

  /** The numbered events of a job after one, oldest first. */
  public List<JobEvent> events(JobId job, long after, int limit) {
    List<JobEvent> events = new ArrayList<>();
    for (Row row :
        query(
            "SELECT body FROM aggregator.job_event WHERE job_id = $1 AND seq > $2"
                + " ORDER BY seq LIMIT $3",
            job.value(),
            after,
            limit)) {
      events.add(Json.read(row.getString("body"), JobEvent.class));
    }
    return events;
  }

  private RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return watch.await(pool.preparedQuery(sql).execute(Tuple.from(arguments)));
  }

  private static Found found(Row row) {
    JobSpec spec = Json.read(row.getString("spec"), JobSpec.class);
    StoredJob stored =
        new StoredJob(
            new JobId(row.getString("job_id")),
            row.get(OffsetDateTime.class, "created_at").toInstant(),
            spec,
            row.getString("payload"),
            row.getString("payload_omitted"));
    return new Found(
        stored,
        row.getString("state") == null
            ? JobFacts.none(spec.taskCount(), blockedOn(row))
            : facts(row));
  }

  private static JobFacts facts(Row row) {
    return new JobFacts(
        JobState.valueOf(row.getString("state")),
        row.getString("shown"),
        row.getLong("version"),
        new TaskCounts(
            row.getInteger("total"),
            row.getInteger("leased"),
            row.getInteger("running"),
            row.getInteger("succeeded"),
            row.getInteger("failed"),
            row.getInteger("cancelled")),
        row.getInteger("attempts_lost"),
        row.getInteger("retries"),
        new JobFacts.Times(
            instant(row, "queued_at"),
            instant(row, "assigned_at"),
            instant(row, "started_at"),
            instant(row, "finalizing_at"),
            instant(row, "ended_at")),
        row.getString("error_code"),
        row.getString("error"),
        row.getString("cancel_state") == null
            ? null
            : new JobFacts.Cancellation(
                row.getString("cancel_state"),
                row.getString("cancel_reason"),
                instant(row, "cancel_requested_at"),
                instant(row, "cancel_ended_at")),
        JsonText.of(row.getString("summary")),
        JsonText.of(row.getString("aggregate")),
        row.getBoolean("results_deleted"),
        Objects.requireNonNullElse(row.getLong("cost"), 0L),
        blockedOn(row),
        row.getString("stop_reason"),
        JsonText.of(row.getString("live")),
        row.getDouble("usual_millis"),
        instant(row, "read_at"));
  }

  private static List<JobId> blockedOn(Row row) {
    String[] jobs = row.getArrayOfStrings("blocked_on");
    return jobs == null ? List.of() : Stream.of(jobs).map(JobId::new).toList();
  }

  static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.get(OffsetDateTime.class, column);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static String @Nullable [] array(@Nullable List<String> values) {
    return values == null ? null : values.toArray(String[]::new);
  }
}
