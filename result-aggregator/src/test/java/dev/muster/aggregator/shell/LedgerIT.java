package dev.muster.aggregator.shell;

import static dev.muster.aggregator.shell.Aggregation.awaitThat;
import static dev.muster.aggregator.shell.Aggregation.newJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.aggregator.job.Samples;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.GpuDevice;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Money and statistics on the real broker and database; each check looks at all tenants. */
@SuppressWarnings("NullAway.Init")
class LedgerIT {
  private static final WorkerId WORKER = new WorkerId("worker-1");

  private static Aggregation service;
  private static Wire wire;
  private static Tables tables;

  @BeforeAll
  static void startService() throws Exception {
    service = new Aggregation();
    wire = service.wire;
    tables = service.tables;
  }

  @AfterAll
  static void stopService() throws Exception {
    service.close();
  }

  @Test
  void attemptsAreChargedAtTheirDevicesPriceAndTheRestOfTheHoldGoesBack() throws Exception {
    JobId job = newJob();
    wire.send(Wire.submission(job, Samples.spec(2), 10_000_000_000L));
    wire.happened(
        job,
        new TaskEvent.TaskRetrying(0, 1, 1, Samples.loss(), 10),
        metered(0, 1, 60_000, 0, List.of(new GpuDevice("a", "NVIDIA H100 80GB HBM3", 1))),
        new TaskEvent.TaskSucceeded(0, 2, 2, Samples.success("1")),
        metered(0, 2, 1_500, 1, List.of()));
    awaitThat(() ->
        number("SELECT held FROM aggregator.job_account WHERE job_id = ?", job)
            == 10_000_000_000L - 60 * 694_444L - 16_667);

    wire.happened(
        job,
        new TaskEvent.TaskFailed(1, 1, 1, Samples.failure(1)),
        metered(1, 1, 1_000, 2, List.of(new GpuDevice("b", "Tesla T4", 1))));

    awaitThat(() -> tables.job(job, "state").equals("PARTIAL"));
    long cost = 60 * 694_444L + 16_667 + 97_222 + 2 * 11_111;
    Map<String, Object> account =
        tables
            .rows("SELECT * FROM aggregator.job_account WHERE job_id = ?", job.value())
            .getFirst();
    assertThat(account)
        .containsEntry("cost", cost)
        .containsEntry("charged", cost)
        .containsEntry("held", 0L)
        .containsEntry("over", true);
    assertThat(
            tables.rows(
                "SELECT kind FROM aggregator.ledger_posting WHERE job_id = ? ORDER BY id",
                job.value()))
        .extracting(row -> row.get("kind"))
        .contains("HOLD", "CHARGE")
        .endsWith("RELEASE");
    awaitThat(() -> wire.published(job).getLast().state().isTerminal());
    assertThat(wire.published(job).getLast().costNanos()).isEqualTo(cost);
    booksAreRight();
  }

  @Test
  void useThatIsToldAfterTheEndIsChargedAsWell() throws Exception {
    JobId job = newJob();
    wire.send(Wire.submission(job, Samples.spec(1), 5));
    wire.cancelRequested(job, "enough");
    wire.happened(job, new TaskEvent.JobStopped());
    awaitThat(() -> tables.job(job, "state").equals("CANCELLED"));

    wire.happened(job, metered(0, 1, 2_000, 1, List.of()));

    awaitThat(
        () -> number("SELECT charged FROM aggregator.job_account WHERE job_id = ?", job) == 22_222);
    booksAreRight();
  }

  @Test
  void randomHistoriesWithRepeatsDisorderAndACrashKeepTheBooksRight() throws Exception {
    SplittableRandom random = new SplittableRandom(20_260_101);
    List<JobId> jobs = new ArrayList<>();
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      JobId job = newJob();
      jobs.add(job);
      List<ProducerRecord<String, byte[]>> words = history(job, random);
      for (int copy = 0; copy < 3; copy++) {
        records.addAll(words);
      }
    }
    Collections.shuffle(records, new Random(7));

    wire.sendAll(records.subList(0, records.size() / 2));
    awaitThat(() -> !tables.job(jobs.getFirst()).isEmpty());
    service.kill();
    wire.sendAll(records.subList(records.size() / 2, records.size()));
    service.restart();

    String[] ids = jobs.stream().map(JobId::value).toArray(String[]::new);
    awaitThat(() ->
        tables
                .rows(
                    "SELECT 1 FROM aggregator.job WHERE job_id = ANY (?) AND ended_at IS NOT NULL",
                    (Object) ids)
                .size()
            == ids.length);
    wire.sendAll(records);
    booksAreRight();
    assertThat(
            tables.rows(
                "SELECT 1 FROM aggregator.job_account WHERE job_id = ANY (?) AND held <> 0",
                (Object) ids))
        .isEmpty();
  }

  @Test
  void grantIsCountedOnceHoweverOftenItIsTold() throws Exception {
    JobId grant = newJob();
    String tenant = "granted-" + grant.value();

    wire.send(Wire.grant(grant, tenant, 25_000_000_000L));
    wire.send(Wire.grant(grant, tenant, 25_000_000_000L));
    wire.send(Wire.grant(newJob(), tenant, 1));

    awaitThat(() ->
        tables.rows("SELECT 1 FROM aggregator.ledger_posting WHERE tenant = ?", tenant).size()
            == 2);
    assertThat(
            tables.rows(
                "SELECT funding, available FROM aggregator.balance WHERE tenant = ?", tenant))
        .containsExactly(Map.of("funding", -25_000_000_001L, "available", 25_000_000_001L));
    booksAreRight();
  }

  @Test
  void journalOnlyGrowsAndEveryRowBalances() throws Exception {
    wire.send(Wire.grant(newJob(), "journal", 7));
    awaitThat(() ->
        !tables.rows("SELECT 1 FROM aggregator.ledger_posting WHERE tenant = 'journal'").isEmpty());

    try (Tables own = service.own()) {
      assertThatThrownBy(() ->
              own.update(
                  "UPDATE aggregator.ledger_posting SET note = 'x' WHERE tenant = 'journal'"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("to grow only");
      assertThatThrownBy(
              () -> own.update("DELETE FROM aggregator.ledger_posting WHERE tenant = 'journal'"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("to grow only");
      assertThatThrownBy(() ->
              own.update(
                  "INSERT INTO aggregator.ledger_posting (tenant, kind, at, funding, available,"
                      + " held, spent) VALUES ('journal', 'GRANT', now(), -5, 6, 0, 0)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("posting_balances");
    }
  }

  /** What must hold at any moment, between any two transactions. */
  private static void booksAreRight() throws SQLException {
    assertThat(
            tables.rows(
                "SELECT tenant, sum(funding)::bigint, sum(available)::bigint, sum(held)::bigint,"
                    + " sum(spent)::bigint FROM aggregator.ledger_posting GROUP BY tenant"
                    + " EXCEPT SELECT * FROM aggregator.balance"))
        .as("the balance is the sum of the journal")
        .isEmpty();
    assertThat(
            tables.rows(
                "SELECT id FROM aggregator.ledger_entry GROUP BY id HAVING sum(nanos) <> 0"))
        .as("each transaction sums to zero")
        .isEmpty();
    assertThat(
            tables.rows(
                "SELECT a.job_id FROM aggregator.job_account a LEFT JOIN aggregator.usage u"
                    + " USING (job_id) GROUP BY a.job_id HAVING a.cost <> COALESCE(sum(u.nanos), 0)"))
        .as("a job costs what its attempts used")
        .isEmpty();
    assertThat(
            tables.rows(
                "SELECT a.job_id FROM aggregator.job_account a JOIN aggregator.ledger_posting p"
                    + " USING (job_id) GROUP BY a.job_id HAVING a.charged <> sum(p.spent)"
                    + " OR a.held <> sum(p.held) OR (a.over AND a.held <> 0)"))
        .as("a job's account is the sum of its postings")
        .isEmpty();
    statisticsAreRight();
  }

  /** The statistics by day equal a recomputation from jobs and events (D-18). */
  private static void statisticsAreRight() throws SQLException {
    assertThat(
            tables.rows(
                """
                WITH ended AS (
                  SELECT j.tenant, (e.at AT TIME ZONE 'UTC')::date AS day, e.kind,
                    floor(extract(epoch FROM e.at - j.created_at) * 1000) AS millis
                  FROM aggregator.job_event e JOIN aggregator.job j USING (job_id)
                  WHERE e.kind IN ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED')),
                counted AS (
                  SELECT j.tenant, (j.created_at AT TIME ZONE 'UTC')::date AS day, 1 AS submitted,
                    0 AS completed, 0 AS partial, 0 AS failed, 0 AS cancelled, 0 AS expired,
                    0 AS millis, 0 AS spent
                  FROM aggregator.job_event e JOIN aggregator.job j USING (job_id)
                  WHERE e.kind = 'SUBMITTED'
                  UNION ALL SELECT tenant, day, 0, (kind = 'COMPLETED')::int,
                    (kind = 'PARTIAL')::int, (kind = 'FAILED')::int, (kind = 'CANCELLED')::int,
                    (kind = 'EXPIRED')::int,
                    CASE kind WHEN 'COMPLETED' THEN greatest(0, millis) ELSE 0 END, 0 FROM ended
                  UNION ALL SELECT tenant, (at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 0, 0, 0, spent
                  FROM aggregator.ledger_posting WHERE kind = 'CHARGE'),
                told AS (
                  SELECT tenant, day, sum(submitted)::bigint, sum(completed)::bigint,
                    sum(partial)::bigint, sum(failed)::bigint, sum(cancelled)::bigint,
                    sum(expired)::bigint, sum(millis)::bigint, sum(spent)::bigint
                  FROM counted GROUP BY tenant, day)
                (SELECT * FROM told EXCEPT SELECT * FROM aggregator.tenant_day)
                UNION ALL (SELECT * FROM aggregator.tenant_day EXCEPT SELECT * FROM told)
                """))
        .as("the statistics equal a recomputation")
        .isEmpty();
  }

  /** A job with retries, losses and a cancellation now and then, each word a record of its own. */
  private static List<ProducerRecord<String, byte[]>> history(JobId job, SplittableRandom random) {
    int count = 1 + random.nextInt(5);
    JobSpec spec = Samples.spec(count);
    List<ProducerRecord<String, byte[]>> words = new ArrayList<>();
    words.add(Wire.submission(job, spec, random.nextLong(50_000_000L)));
    words.add(Wire.plan(job, spec));
    for (int index = 0; index < count; index++) {
      int attempts = 1 + random.nextInt(3);
      for (int attempt = 1; attempt <= attempts; attempt++) {
        List<TaskEvent> events = new ArrayList<>();
        events.add(new TaskEvent.TaskLeased(index, attempt, attempt, WORKER));
        events.add(
            attempt < attempts
                ? new TaskEvent.TaskRetrying(index, attempt, attempt, Samples.loss(), 5)
                : random.nextInt(4) == 0
                    ? new TaskEvent.TaskFailed(index, attempt, attempt, Samples.failure(1))
                    : new TaskEvent.TaskSucceeded(index, attempt, attempt, Samples.success("1")));
        events.add(
            metered(index, attempt, 1 + random.nextLong(5_000), 1, devices(random.nextInt(3))));
        words.add(Wire.tasks(job, events));
      }
    }
    if (random.nextInt(4) == 0) {
      words.add(Wire.cancellation(job, "enough"));
      words.add(
          Wire.tasks(
              job,
              List.of(
                  new TaskEvent.TasksCancelled(IndexRanges.closed(0, count - 1)),
                  new TaskEvent.JobStopped())));
    }
    return words;
  }

  private static List<GpuDevice> devices(int count) {
    return List.of(new GpuDevice("g0", "NVIDIA H100", 1), new GpuDevice("g1", "Tesla T4", 1))
        .subList(0, count);
  }

  private static TaskEvent metered(
      int index, int attempt, long millis, double cpus, List<GpuDevice> devices) {
    return new TaskEvent.AttemptMetered(
        index, attempt, attempt, null, Instant.now(), millis, cpus, devices);
  }

  private static long number(String sql, JobId job) throws SQLException {
    List<Map<String, Object>> rows = tables.rows(sql, job.value());
    return rows.isEmpty()
        ? -1
        : (long) Objects.requireNonNull(rows.getFirst().values().iterator().next());
  }
}
