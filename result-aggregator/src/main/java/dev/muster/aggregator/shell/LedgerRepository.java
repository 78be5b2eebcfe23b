package dev.muster.aggregator.shell;

import dev.muster.aggregator.ledger.JobAccount;
import dev.muster.aggregator.ledger.Posting;
import dev.muster.aggregator.statistics.DayCounts;
import dev.muster.aggregator.statistics.TenantDay;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The accounts, the journal, the balances and the statistics; one statement for each, however many
 * rows.
 */
final class LedgerRepository {
  private static final String SAVE =
      """
      INSERT INTO aggregator.job_account (job_id, tenant, hold_known, held, cost, charged, over)
      SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[],
        $6::bigint[], $7::boolean[])
      ON CONFLICT (job_id) DO UPDATE SET tenant = excluded.tenant,
        hold_known = excluded.hold_known, held = excluded.held, cost = excluded.cost,
        charged = excluded.charged, over = excluded.over
      """;

  private static final String APPEND =
      """
      INSERT INTO aggregator.ledger_posting (tenant, kind, job_id, at, funding, available, held,
        spent)
      SELECT p.tenant, p.kind, p.job_id, $8, 0, p.available, p.held, p.spent
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
        $7::int[]) AS p(tenant, kind, job_id, available, held, spent, n)
      ORDER BY p.n
      """;

  private static final String GRANT =
      """
      INSERT INTO aggregator.ledger_posting (tenant, kind, grant_id, note, at, funding, available,
        held, spent)
      SELECT g.tenant, 'GRANT', g.grant_id, g.note, $5, -g.nanos, g.nanos, 0, 0
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
        AS g(grant_id, tenant, note, nanos)
      ON CONFLICT (grant_id) WHERE grant_id IS NOT NULL DO NOTHING
      RETURNING grant_id
      """;

  private static final String ADD =
      """
      INSERT INTO aggregator.balance AS b (tenant, funding, available, held, spent)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS d(tenant, funding, available, held, spent) ORDER BY d.tenant
      ON CONFLICT (tenant) DO UPDATE SET funding = b.funding + excluded.funding,
        available = b.available + excluded.available, held = b.held + excluded.held,
        spent = b.spent + excluded.spent
      """;

  private static final String COUNT =
      """
      INSERT INTO aggregator.tenant_day AS d (tenant, day, submitted, completed, partial, failed,
        cancelled, expired, completion_millis, spent)
      SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[],
        $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
        AS n(tenant, day) ORDER BY n.tenant, n.day
      ON CONFLICT (tenant, day) DO UPDATE SET submitted = d.submitted + excluded.submitted,
        completed = d.completed + excluded.completed, partial = d.partial + excluded.partial,
        failed = d.failed + excluded.failed, cancelled = d.cancelled + excluded.cancelled,
        expired = d.expired + excluded.expired,
        completion_millis = d.completion_millis + excluded.completion_millis,
        spent = d.spent + excluded.spent
      """;

  /**
   * A posting about a job.
   *
   * @param tenant whose accounts
   * @param job the job
   * @param posting what moves
   */
  record Row(String tenant, JobId job, Posting posting) {}

  /** What a batch adds to a tenant's accounts. */
  record Sums(long funding, long available, long held, long spent) {
    static Sums of(Posting posting) {
      return new Sums(posting.funding(), posting.available(), posting.held(), posting.spent());
    }

    Sums plus(Sums more) {
      return new Sums(
          funding + more.funding, available + more.available, held + more.held, spent + more.spent);
    }
  }

  /** The accounts of these jobs; one without a row was never heard of. */
  Supplier<Map<JobId, JobAccount>> load(Tx tx, Collection<JobId> jobs) {
    Supplier<RowSet<io.vertx.sqlclient.Row>> found =
        tx.ask(
            "SELECT * FROM aggregator.job_account WHERE job_id = ANY($1)",
            (Object) Columns.texts(jobs, JobId::value));
    return () -> {
      Map<JobId, JobAccount> accounts = new HashMap<>();
      for (io.vertx.sqlclient.Row row : found.get()) {
        accounts.put(
            new JobId(row.getString("job_id")),
            new JobAccount(
                row.getString("tenant"),
                row.getBoolean("hold_known"),
                row.getLong("held"),
                row.getLong("cost"),
                row.getLong("charged"),
                row.getBoolean("over")));
      }
      return accounts;
    };
  }

  void save(Tx tx, Map<JobId, JobAccount> accounts) {
    if (accounts.isEmpty()) {
      return;
    }
    List<Entry<JobId, JobAccount>> rows = List.copyOf(accounts.entrySet());
    tx.later(
        SAVE,
        Columns.texts(rows, r -> r.getKey().value()),
        Columns.texts(rows, r -> r.getValue().tenant()),
        Columns.flags(rows, r -> r.getValue().holdKnown()),
        Columns.longs(rows, r -> r.getValue().held()),
        Columns.longs(rows, r -> r.getValue().cost()),
        Columns.longs(rows, r -> r.getValue().charged()),
        Columns.flags(rows, r -> r.getValue().over()));
  }

  /** Appends to the journal, in order. */
  void append(Tx tx, List<Row> rows, Instant now) {
    if (rows.isEmpty()) {
      return;
    }
    tx.later(
        APPEND,
        Columns.texts(rows, Row::tenant),
        Columns.texts(rows, r -> r.posting().kind().name()),
        Columns.texts(rows, r -> r.job().value()),
        Columns.longs(rows, r -> r.posting().available()),
        Columns.longs(rows, r -> r.posting().held()),
        Columns.longs(rows, r -> r.posting().spent()),
        numbers(rows.size()),
        now.atOffset(ZoneOffset.UTC));
  }

  /** Appends grants; answers with those that were not known before. */
  List<SubmissionEvent.CreditGranted> grant(
      Tx tx, Collection<SubmissionEvent.CreditGranted> grants, Instant now) {
    Map<String, SubmissionEvent.CreditGranted> byId =
        grants.stream().collect(Collectors.toMap(g -> g.grant().value(), Function.identity()));
    return tx
        .query(
            GRANT,
            Columns.texts(grants, g -> g.grant().value()),
            Columns.texts(grants, SubmissionEvent.CreditGranted::tenant),
            Columns.texts(grants, SubmissionEvent.CreditGranted::note),
            Columns.longs(grants, SubmissionEvent.CreditGranted::nanos),
            now.atOffset(ZoneOffset.UTC))
        .stream()
        .map(row -> byId.get(row.getString("grant_id")))
        .toList();
  }

  /** Adds to the tenants' balances; the order of the rows keeps two batches from a deadlock. */
  void add(Tx tx, SortedMap<String, Sums> sums) {
    if (sums.isEmpty()) {
      return;
    }
    List<Entry<String, Sums>> rows = List.copyOf(sums.entrySet());
    tx.later(
        ADD,
        Columns.texts(rows, Entry::getKey),
        Columns.longs(rows, r -> r.getValue().funding()),
        Columns.longs(rows, r -> r.getValue().available()),
        Columns.longs(rows, r -> r.getValue().held()),
        Columns.longs(rows, r -> r.getValue().spent()));
  }

  /** Adds to the tenants' days, in one order as well. */
  void count(Tx tx, Map<TenantDay, DayCounts> days) {
    if (days.isEmpty()) {
      return;
    }
    List<Entry<TenantDay, DayCounts>> rows =
        days.entrySet().stream()
            .sorted(
                Entry.comparingByKey(
                    Comparator.comparing(TenantDay::tenant).thenComparing(TenantDay::day)))
            .toList();
    tx.later(
        COUNT,
        Columns.texts(rows, r -> r.getKey().tenant()),
        rows.stream().map(r -> r.getKey().day()).toArray(LocalDate[]::new),
        Columns.longs(rows, r -> r.getValue().submitted()),
        Columns.longs(rows, r -> r.getValue().completed()),
        Columns.longs(rows, r -> r.getValue().partial()),
        Columns.longs(rows, r -> r.getValue().failed()),
        Columns.longs(rows, r -> r.getValue().cancelled()),
        Columns.longs(rows, r -> r.getValue().expired()),
        Columns.longs(rows, r -> r.getValue().completionMillis()),
        Columns.longs(rows, r -> r.getValue().spent()));
  }

  private static Integer[] numbers(int count) {
    Integer[] numbers = new Integer[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    return numbers;
  }
}
