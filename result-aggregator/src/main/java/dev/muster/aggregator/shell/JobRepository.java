package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.Cancellation;
import dev.muster.aggregator.job.Evidence;
import dev.muster.aggregator.job.Failure;
import dev.muster.aggregator.job.JobFacts;
import dev.muster.aggregator.job.Milestones;
import dev.muster.aggregator.job.StageFacts;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.kit.Json;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code aggregator.job}: row ⇄ {@link JobFacts}. */
final class JobRepository {
  private static final String LOCK =
      "SELECT *, now() AS decided_at,"
          // Does not depend on the row, so it is looked up once for a statement.
          + " EXISTS (SELECT FROM aggregator.webhook_endpoint WHERE live) AS webhooks"
          + " FROM aggregator.job WHERE job_id = ANY($1) ORDER BY job_id FOR UPDATE";

  private static final String CREATE =
      """
      INSERT INTO aggregator.job (job_id, state, shown, version, total, leased, running, succeeded,
        failed, cancelled, attempts_lost, retries, planned, leased_ever, started_ever, plan_failed,
        stopped)
      SELECT id, $2, $3, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, false, false, false
      FROM unnest($1::text[]) AS id ORDER BY id
      ON CONFLICT (job_id) DO NOTHING
      """;

  private static final String SAVE =
      """
      UPDATE aggregator.job AS j SET tenant = n.tenant, pool = n.pool, state = n.state,
        shown = n.shown, version = n.version, total = n.total, leased = n.leased,
        running = n.running, succeeded = n.succeeded, failed = n.failed, cancelled = n.cancelled,
        attempts_lost = n.attempts_lost, retries = n.retries, planned = n.planned,
        leased_ever = n.leased_ever, started_ever = n.started_ever, plan_failed = n.plan_failed,
        stopped = n.stopped, created_at = n.created_at, queued_at = n.queued_at,
        assigned_at = n.assigned_at, started_at = n.started_at, finalizing_at = n.finalizing_at,
        ended_at = n.ended_at, error_code = n.error_code, error = n.error,
        cancel_state = n.cancel_state, cancel_reason = n.cancel_reason,
        cancel_requested_at = n.cancel_requested_at, cancel_ended_at = n.cancel_ended_at,
        results_deleted = n.results_deleted, stage_ends = n.stage_ends,
        stages_completed = n.stages_completed, blocked = n.blocked,
        live = coalesce(n.live, j.live), stop_reason = n.stop_reason,
        work = coalesce(j.work, n.work)
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
        $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[],
        $15::boolean[], $16::boolean[], $17::boolean[], $18::boolean[], $19::boolean[],
        $20::timestamptz[], $21::timestamptz[], $22::timestamptz[], $23::timestamptz[],
        $24::timestamptz[], $25::timestamptz[], $26::text[], $27::text[], $28::text[], $29::text[],
        $30::timestamptz[], $31::timestamptz[], $32::boolean[], $33::text[], $34::int[],
        $35::boolean[], $36::text[], $37::text[], $38::text[])
        AS n(job_id, tenant, pool, state, shown, version, total, leased, running, succeeded, failed,
        cancelled, attempts_lost, retries, planned, leased_ever, started_ever, plan_failed, stopped,
        created_at, queued_at, assigned_at, started_at, finalizing_at, ended_at, error_code, error,
        cancel_state, cancel_reason, cancel_requested_at, cancel_ended_at, results_deleted,
        stage_ends, stages_completed, blocked, live, stop_reason, work)
      WHERE j.job_id = n.job_id
      """;

  /**
   * Jobs that are locked now.
   *
   * @param facts what is known of each
   * @param now the transaction's time
   * @param created whether a row had to be made for one of them
   * @param webhooks whether the installation has live webhook endpoints
   * @param callbacks the callback_url of those that have one
   * @param designs what is particular to the type of those that have a design
   * @param lives what was added up of the results of those that follow any
   */
  record Locked(
      SortedMap<JobId, JobFacts> facts,
      Instant now,
      boolean created,
      boolean webhooks,
      Map<JobId, String> callbacks,
      Map<JobId, Design> designs,
      Map<JobId, LiveAggregate> lives) {}

  /**
   * Locks the jobs, at least one, in the order of their ids, so that no two transactions wait for
   * each other; makes a row for each that was never heard of. The statement is sent at once, so
   * that what follows need not wait for its answer.
   */
  Supplier<Locked> lock(Tx tx, SortedSet<JobId> jobs) {
    String[] ids = Columns.texts(jobs, JobId::value);
    Supplier<RowSet<Row>> answer = tx.ask(LOCK, (Object) ids);
    return () -> {
      RowSet<Row> rows = answer.get();
      boolean created = rows.size() < ids.length;
      if (created) {
        JobFacts fresh = JobFacts.unknown(jobs.first());
        tx.later(CREATE, ids, fresh.state().name(), fresh.shown());
        rows = tx.query(LOCK, (Object) ids);
      }
      SortedMap<JobId, JobFacts> facts = new TreeMap<>();
      Map<JobId, String> callbacks = new HashMap<>();
      Map<JobId, Design> designs = new HashMap<>();
      Map<JobId, LiveAggregate> lives = new HashMap<>();
      for (Row row : rows) {
        JobFacts job = facts(row);
        facts.put(job.job(), job);
        String callback = row.getString("callback_url");
        if (callback != null) {
          callbacks.put(job.job(), callback);
        }
        String design = row.getString("design");
        if (design != null) {
          designs.put(job.job(), Json.read(design, Design.class));
        }
        String live = row.getString("live");
        if (live != null) {
          lives.put(job.job(), Json.read(live, LiveAggregate.class));
        }
      }
      Row any = rows.iterator().next();
      Instant now = any.get(OffsetDateTime.class, "decided_at").toInstant();
      return new Locked(facts, now, created, any.getBoolean("webhooks"), callbacks, designs, lives);
    };
  }

  /** Jobs that only wait for their conclusion, oldest first. */
  List<JobId> unconcluded(Tx tx, int limit) {
    return tx
        .query(
            "SELECT job_id FROM aggregator.job WHERE state = 'FINALIZING'"
                + " OR (state = 'CANCELING' AND stopped) ORDER BY job_id LIMIT $1",
            limit)
        .stream()
        .map(row -> new JobId(row.getString("job_id")))
        .toList();
  }

  /**
   * Jobs that go on though their deadline has passed, the one that is overdue longest first.
   *
   * @return their deadlines
   */
  Map<JobId, Instant> overdue(Tx tx, int limit) {
    Map<JobId, Instant> overdue = new LinkedHashMap<>();
    for (Row row :
        tx.query(
            "SELECT job_id, deadline FROM aggregator.job WHERE deadline <= now()"
                + " AND ended_at IS NULL AND state NOT IN ('FINALIZING', 'CANCELING')"
                + " ORDER BY deadline LIMIT $1",
            limit)) {
      overdue.put(
          new JobId(row.getString("job_id")), Objects.requireNonNull(instant(row, "deadline")));
    }
    return overdue;
  }

  /** Keeps when a job ends at the latest. */
  void saveDeadline(Tx tx, JobId job, Instant deadline) {
    tx.later(
        "UPDATE aggregator.job SET deadline = $2 WHERE job_id = $1",
        job.value(),
        OffsetDateTime.ofInstant(deadline, ZoneOffset.UTC));
  }

  /** Keeps what is particular to a job's type. */
  void saveDesign(Tx tx, JobId job, Design design) {
    tx.later(
        "UPDATE aggregator.job SET design = $2 WHERE job_id = $1", job.value(), Json.text(design));
  }

  /** Replaces what was added up of a job whose results were counted once more. */
  void saveLive(Tx tx, JobId job, LiveAggregate live) {
    tx.later("UPDATE aggregator.job SET live = $2 WHERE job_id = $1", job.value(), Json.text(live));
  }

  /** Keeps where the end of a job is told. */
  void saveCallback(Tx tx, JobId job, String url) {
    tx.later("UPDATE aggregator.job SET callback_url = $2 WHERE job_id = $1", job.value(), url);
  }

  /** Keeps the result package of a job that ends in this transaction. */
  void savePackage(Tx tx, JobId job, String summary, String aggregate) {
    tx.later(
        "UPDATE aggregator.job SET summary = $2, aggregate = $3 WHERE job_id = $1",
        job.value(),
        summary,
        aggregate);
  }

  /**
   * Writes all of these jobs in one statement; what is returned checks that it did.
   *
   * @param lives what was added up of them, where that changed
   * @param works what kind of work the new ones are
   */
  Runnable save(
      Tx tx, Collection<JobFacts> jobs, Map<JobId, LiveAggregate> lives, Map<JobId, String> works) {
    Supplier<RowSet<Row>> saved =
        tx.ask(
            SAVE,
            Columns.texts(jobs, j -> j.job().value()),
            Columns.texts(jobs, j -> j.owner() == null ? null : j.owner().tenant()),
            Columns.texts(jobs, j -> j.owner() == null ? null : j.owner().pool()),
            Columns.texts(jobs, j -> j.state().name()),
            Columns.texts(jobs, JobFacts::shown),
            Columns.longs(jobs, JobFacts::version),
            Columns.ints(jobs, j -> j.counts().total()),
            Columns.ints(jobs, j -> j.counts().leased()),
            Columns.ints(jobs, j -> j.counts().running()),
            Columns.ints(jobs, j -> j.counts().succeeded()),
            Columns.ints(jobs, j -> j.counts().failed()),
            Columns.ints(jobs, j -> j.counts().cancelled()),
            Columns.ints(jobs, JobFacts::attemptsLost),
            Columns.ints(jobs, JobFacts::retries),
            Columns.flags(jobs, j -> j.evidence().planned()),
            Columns.flags(jobs, j -> j.evidence().leased()),
            Columns.flags(jobs, j -> j.evidence().started()),
            Columns.flags(jobs, j -> j.evidence().planFailed()),
            Columns.flags(jobs, j -> j.evidence().stopped()),
            Columns.times(jobs, j -> j.milestones().created()),
            Columns.times(jobs, j -> j.milestones().queued()),
            Columns.times(jobs, j -> j.milestones().assigned()),
            Columns.times(jobs, j -> j.milestones().started()),
            Columns.times(jobs, j -> j.milestones().finalizing()),
            Columns.times(jobs, j -> j.milestones().ended()),
            Columns.texts(jobs, j -> j.failure() == null ? null : j.failure().code().word()),
            Columns.texts(jobs, j -> j.failure() == null ? null : j.failure().detail()),
            Columns.texts(
                jobs, j -> j.cancellation() == null ? null : word(j.cancellation().state())),
            Columns.texts(jobs, j -> j.cancellation() == null ? null : j.cancellation().reason()),
            Columns.times(
                jobs, j -> j.cancellation() == null ? null : j.cancellation().requestedAt()),
            Columns.times(jobs, j -> j.cancellation() == null ? null : j.cancellation().endedAt()),
            Columns.flags(jobs, j -> j.evidence().resultsDeleted()),
            Columns.texts(jobs, j -> stageEnds(j.stages())),
            Columns.ints(jobs, j -> j.stages().completed()),
            Columns.flags(jobs, j -> j.evidence().blocked()),
            Columns.texts(
                jobs, j -> lives.containsKey(j.job()) ? Json.text(lives.get(j.job())) : null),
            Columns.texts(jobs, JobFacts::stopReason),
            Columns.texts(jobs, j -> works.get(j.job())));
    return () -> {
      int rows = saved.get().rowCount();
      if (rows != jobs.size()) {
        throw new IllegalStateException(
            "Expected to save " + jobs.size() + " jobs, but " + rows + " have a row");
      }
    };
  }

  private static String word(Cancellation.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static JobFacts facts(Row row) {
    @Nullable String tenant = row.getString("tenant");
    @Nullable String errorCode = row.getString("error_code");
    return new JobFacts(
        new JobId(row.getString("job_id")),
        tenant == null ? null : new JobFacts.Owner(tenant, row.getString("pool")),
        JobState.valueOf(row.getString("state")),
        row.getString("shown"),
        row.getLong("version"),
        new Evidence(
            row.getBoolean("planned"),
            row.getBoolean("leased_ever"),
            row.getBoolean("started_ever"),
            row.getBoolean("plan_failed"),
            row.getBoolean("stopped"),
            row.getBoolean("results_deleted"),
            row.getBoolean("blocked")),
        new TaskCounts(
            row.getInteger("total"),
            row.getInteger("leased"),
            row.getInteger("running"),
            row.getInteger("succeeded"),
            row.getInteger("failed"),
            row.getInteger("cancelled")),
        row.getInteger("attempts_lost"),
        row.getInteger("retries"),
        milestones(row),
        errorCode == null
            ? null
            : new Failure(
                ErrorCode.valueOf(errorCode.toUpperCase(Locale.ROOT)), row.getString("error")),
        cancellation(row),
        stages(row),
        row.getString("stop_reason"));
  }

  private static @Nullable String stageEnds(StageFacts stages) {
    return stages.ends().isEmpty()
        ? null
        : stages.ends().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static StageFacts stages(Row row) {
    @Nullable String ends = row.getString("stage_ends");
    return ends == null
        ? StageFacts.ONE
        : new StageFacts(
            Arrays.stream(ends.split(",", -1)).map(Integer::valueOf).toList(),
            row.getInteger("stages_completed"));
  }

  private static Milestones milestones(Row row) {
    return new Milestones(
        instant(row, "created_at"),
        instant(row, "queued_at"),
        instant(row, "assigned_at"),
        instant(row, "started_at"),
        instant(row, "finalizing_at"),
        instant(row, "ended_at"));
  }

  private static @Nullable Cancellation cancellation(Row row) {
    @Nullable String state = row.getString("cancel_state");
    return state == null
        ? null
        : new Cancellation(
            Cancellation.State.valueOf(state.toUpperCase(Locale.ROOT)),
            row.getString("cancel_reason"),
            Objects.requireNonNull(instant(row, "cancel_requested_at")),
            instant(row, "cancel_ended_at"));
  }

  private static @Nullable Instant instant(Row row, String column) {
    return Columns.instant(row.get(OffsetDateTime.class, column));
  }
}
