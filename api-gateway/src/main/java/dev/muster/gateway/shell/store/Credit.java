package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.money.PriceList;
import dev.muster.kit.PriceTable;
import dev.muster.kit.Tx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What new jobs are to have set aside, and whether their tenants can cover it. The ledger is the
 * aggregator's and lags behind by what Kafka carries; so the gateway keeps the holds of jobs that
 * the ledger has not taken in yet, and what is free is the ledger's balance less these. A lock for
 * each tenant makes the check and the submission one step, however many gateways there are.
 */
public final class Credit {
  private static final String FREE =
      """
      SELECT t.tenant, COALESCE(b.available, 0) - COALESCE((
          SELECT sum(h.nanos) FROM gateway.hold h WHERE h.tenant = t.tenant AND NOT EXISTS (
            SELECT 1 FROM aggregator.job_account a WHERE a.job_id = h.job_id AND a.hold_known)
        ), 0)::bigint AS free
      FROM unnest($1::text[]) AS t (tenant) LEFT JOIN aggregator.balance b USING (tenant)
      """;

  private final PriceTable prices = new PriceTable();
  private final boolean required;
  private final long holdSecondsMax;

  /**
   * @param required whether jobs that cannot be covered are refused
   * @param holdMax longest run of an attempt that is held for
   */
  public Credit(boolean required, Duration holdMax) {
    this.required = required;
    this.holdSecondsMax = holdMax.toSeconds();
  }

  /** What each job is to have set aside, in nanos. */
  Map<JobId, Long> holds(Tx tx, List<Draft> drafts) {
    Map<JobId, Long> holds = new LinkedHashMap<>();
    if (!drafts.isEmpty()) {
      PriceList list = prices.current(tx);
      for (Draft draft : drafts) {
        holds.put(draft.job(), hold(list, draft.submission().spec()));
      }
    }
    return holds;
  }

  /** What a job that was submitted before is to have set aside, in nanos, by today's prices. */
  long hold(Tx tx, JobSpec spec) {
    return hold(prices.current(tx), spec);
  }

  private long hold(PriceList list, JobSpec spec) {
    int tasks = spec.taskCount() - spec.settled().size();
    return list.hold(spec.requirements(), tasks, Math.min(spec.timeoutSeconds(), holdSecondsMax));
  }

  /**
   * Jobs that their tenants cannot cover, each with what is free; the others are held for when the
   * transaction commits. Nothing is refused where credit is not required.
   */
  Map<JobId, Long> uncovered(Tx tx, List<Draft> drafts, Map<JobId, Long> holds) {
    if (!required || drafts.isEmpty()) {
      return Map.of();
    }
    Map<String, Long> free = free(tx, drafts);
    Map<JobId, Long> uncovered = new HashMap<>();
    Map<JobId, Draft> covered = new LinkedHashMap<>();
    for (Draft draft : drafts) {
      long left = free.getOrDefault(draft.tenant(), 0L);
      long hold = holds.getOrDefault(draft.job(), 0L);
      if (hold > left) {
        uncovered.put(draft.job(), left);
      } else {
        free.put(draft.tenant(), left - hold);
        covered.put(draft.job(), draft);
      }
    }
    keep(tx, covered, holds);
    return uncovered;
  }

  /** What the tenants of these drafts have free, in nanos; nobody else can spend it until then. */
  private static Map<String, Long> free(Tx tx, List<Draft> drafts) {
    String[] tenants =
        drafts.stream().map(Draft::tenant).distinct().sorted().toArray(String[]::new);
    tx.later(
        "INSERT INTO gateway.credit_line (tenant) SELECT * FROM unnest($1::text[]) AS t"
            + " ORDER BY t ON CONFLICT DO NOTHING",
        (Object) tenants);
    tx.query(
        "SELECT tenant FROM gateway.credit_line WHERE tenant = ANY($1) ORDER BY tenant FOR UPDATE",
        (Object) tenants);
    // From here on a statement sees all that the transaction before in line has committed.
    tx.later(
        "DELETE FROM gateway.hold h USING aggregator.job_account a WHERE h.tenant = ANY($1)"
            + " AND a.job_id = h.job_id AND a.hold_known",
        (Object) tenants);
    Map<String, Long> free = new HashMap<>();
    for (Row row : tx.query(FREE, (Object) tenants)) {
      free.put(row.getString("tenant"), row.getLong("free"));
    }
    return free;
  }

  private static void keep(Tx tx, Map<JobId, Draft> covered, Map<JobId, Long> holds) {
    if (covered.isEmpty()) {
      return;
    }
    List<Map.Entry<JobId, Draft>> rows = List.copyOf(covered.entrySet());
    tx.later(
        "INSERT INTO gateway.hold (job_id, tenant, nanos)"
            + " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])",
        rows.stream().map(row -> row.getKey().value()).toArray(String[]::new),
        rows.stream().map(row -> row.getValue().tenant()).toArray(String[]::new),
        rows.stream().map(row -> holds.getOrDefault(row.getKey(), 0L)).toArray(Long[]::new));
  }
}
