package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.gateway.view.BalanceView;
import dev.muster.gateway.view.StatisticsView;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the aggregator's ledger and statistics, and hands it grants. Every query names a tenant.
 */
public final class LedgerRepository {
  private final Pool pool;
  private final DatabaseWatch watch;
  private final Database database;

  public LedgerRepository(Pool pool, DatabaseWatch watch, Database database) {
    this.pool = pool;
    this.watch = watch;
    this.database = database;
  }

  /**
   * A grant as it is kept.
   *
   * @param id its id
   * @param tenant whose account
   * @param nanos how much
   * @param note the administrator's words
   */
  public record Grant(JobId id, String tenant, long nanos, @Nullable String note) {}

  /** What a tenant has. */
  public BalanceView balance(String tenant) {
    RowSet<Row> rows =
        query(
            "SELECT funding, available, held, spent FROM aggregator.balance WHERE tenant = $1",
            tenant);
    if (rows.size() == 0) {
      return BalanceView.of(0, 0, 0, 0);
    }
    Row row = rows.iterator().next();
    return BalanceView.of(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3));
  }

  /**
   * What is set aside for a job.
   *
   * @param job the job
   * @param nanos how much
   */
  public record Held(JobId job, long nanos) {}

  /** What is set aside for a tenant's jobs, the newest job first. */
  public List<Held> holds(String tenant, @Nullable String before, int limit) {
    return query(
            "SELECT job_id, held FROM aggregator.job_account WHERE tenant = $1 AND held > 0"
                + " AND ($2::text IS NULL OR job_id < $2) ORDER BY job_id DESC LIMIT $3",
            tenant,
            before,
            limit)
        .stream()
        .map(row -> new Held(new JobId(row.getString("job_id")), row.getLong("held")))
        .toList();
  }

  /** A tenant's postings, newest first. */
  public List<Row> postings(String tenant, long before, int limit) {
    return query(
            "SELECT id, kind, job_id, note, at, available, held, spent"
                + " FROM aggregator.ledger_posting WHERE tenant = $1 AND id < $2"
                + " ORDER BY id DESC LIMIT $3",
            tenant,
            before,
            limit)
        .stream()
        .toList();
  }

  /**
   * What a tenant's jobs came to.
   *
   * @param from the first day, or null
   * @param to the last day, included, or null
   */
  public StatisticsView statistics(
      String tenant, @Nullable LocalDate from, @Nullable LocalDate to) {
    Row row =
        query(
                "SELECT sum(submitted)::bigint, sum(completed)::bigint, sum(partial)::bigint,"
                    + " sum(failed)::bigint, sum(cancelled)::bigint, sum(expired)::bigint,"
                    + " sum(completion_millis)::bigint, sum(spent)::bigint"
                    + " FROM aggregator.tenant_day WHERE tenant = $1"
                    + " AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)",
                tenant,
                from,
                to)
            .iterator()
            .next();
    return StatisticsView.of(
        from == null ? null : from.toString(),
        to == null ? null : to.toString(),
        sum(row, 0),
        new StatisticsView.Ended(sum(row, 1), sum(row, 2), sum(row, 3), sum(row, 4), sum(row, 5)),
        sum(row, 6),
        sum(row, 7));
  }

  /** Whether there is such a tenant. */
  public boolean isTenant(String tenant) {
    return query("SELECT 1 FROM gateway.tenant WHERE id = $1", tenant).size() > 0;
  }

  /**
   * Keeps a grant and sends it on its way, unless the same administrator used the key before; then
   * the answer is the grant of that time.
   *
   * @param by the tenant of the administrator's key
   */
  public Grant grant(Grant wanted, String by, @Nullable String key, @Nullable String traceparent) {
    return watch.call(() -> database.transaction(tx -> grant(tx, wanted, by, key, traceparent)));
  }

  private static Grant grant(
      Tx tx, Grant wanted, String by, @Nullable String key, @Nullable String traceparent) {
    Instant now = tx.now();
    int made =
        tx.update(
            "INSERT INTO gateway.credit_grant (grant_id, tenant, nanos, note, granted_by,"
                + " idempotency_key, created_at) VALUES ($1, $2, $3, NULLIF($4, ''), $5,"
                + " NULLIF($6, ''), $7)"
                + " ON CONFLICT (granted_by, idempotency_key) DO NOTHING",
            wanted.id().value(),
            wanted.tenant(),
            wanted.nanos(),
            Objects.requireNonNullElse(wanted.note(), ""),
            by,
            Objects.requireNonNullElse(key, ""),
            OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
    if (made == 0) {
      Row row =
          tx.query(
                  "SELECT grant_id, tenant, nanos, note FROM gateway.credit_grant"
                      + " WHERE granted_by = $1 AND idempotency_key = $2",
                  by,
                  Objects.requireNonNullElse(key, ""))
              .iterator()
              .next();
      return new Grant(
          new JobId(row.getString(0)), row.getString(1), row.getLong(2), row.getString(3));
    }
    tx.send(
        List.of(
            OutboxRow.of(
                Topic.SUBMISSIONS,
                wanted.id(),
                traceparent,
                now,
                List.of(
                    new SubmissionEvent.CreditGranted(
                        wanted.id(), wanted.tenant(), wanted.nanos(), wanted.note())))));
    return wanted;
  }

  private static long sum(Row row, int column) {
    return Objects.requireNonNullElse(row.getLong(column), 0L);
  }

  private RowSet<Row> query(String sql, @Nullable Object... arguments) {
    return watch.await(pool.preparedQuery(sql).execute(Tuple.from(arguments)));
  }
}
