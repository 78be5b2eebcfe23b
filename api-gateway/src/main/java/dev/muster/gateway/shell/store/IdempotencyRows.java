package dev.muster.gateway.shell.store;

import dev.muster.contracts.id.JobId;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Who has the Idempotency-Keys of some drafts, by what the database says. */
final class IdempotencyRows {
  private final Map<String, Kept> keptByKey;

  private IdempotencyRows(Map<String, Kept> keptByKey) {
    this.keptByKey = keptByKey;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Kept(JobId job, byte[] fingerprint, String answer) {}

  /**
   * What the draft comes to.
   *
   * @param answer the body of its answer, when it becomes a job
   */
  Outcome outcome(Draft draft, String answer) {
    Draft.Repeat repeat = draft.repeat();
    Kept kept = repeat == null ? null : keptByKey.get(name(draft.tenant(), repeat));
    if (repeat == null || kept == null || kept.job().equals(draft.job())) {
      return new Outcome.Committed(draft.job(), answer, false);
    }
    return Arrays.equals(kept.fingerprint(), repeat.fingerprint())
        ? new Outcome.Committed(kept.job(), kept.answer(), true)
        : new Outcome.Mismatch();
  }

  /**
   * Takes the keys of these drafts, or finds who has them. The insert waits for a transaction that
   * holds one of the keys; sorted, so that two groups never wait for each other.
   */
  static IdempotencyRows keep(Tx tx, List<Draft> drafts, Map<JobId, String> answers, Instant now) {
    List<Draft> keyed =
        drafts.stream()
            .filter(draft -> draft.repeat() != null)
            .sorted(Comparator.comparing(IdempotencyRows::sortKey))
            .toList();
    Map<String, Kept> kept = new HashMap<>();
    if (keyed.isEmpty()) {
      return new IdempotencyRows(kept);
    }
    KeyColumns columns = KeyColumns.of(keyed, answers);
    tx.later(
        "INSERT INTO gateway.idempotency"
            + " (tenant, route, key, fingerprint, job_id, answer, created_at)"
            + " SELECT u.*, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[],"
            + " $5::text[], $6::text[]) u ON CONFLICT (tenant, route, key) DO NOTHING",
        columns.tenants(),
        columns.routes(),
        columns.keys(),
        columns.fingerprints(),
        columns.jobs(),
        columns.answers(),
        OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
    for (Row row :
        tx.query(
            "SELECT i.tenant, i.route, i.key, i.fingerprint, i.job_id, i.answer"
                + " FROM gateway.idempotency i"
                + " JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[])"
                + " AS u (tenant, route, key)) u USING (tenant, route, key)",
            columns.tenants(),
            columns.routes(),
            columns.keys())) {
      byte[] fingerprint = row.getBuffer("fingerprint").getBytes();
      Draft.Repeat repeat =
          new Draft.Repeat(row.getString("route"), row.getString("key"), fingerprint);
      kept.put(
          name(row.getString("tenant"), repeat),
          new Kept(new JobId(row.getString("job_id")), fingerprint, row.getString("answer")));
    }
    return new IdempotencyRows(kept);
  }

  /** The columns of the idempotency rows to be inserted, for UNNEST. */
  @SuppressWarnings("ArrayRecordComponent")
  private record KeyColumns(
      String[] tenants,
      String[] routes,
      String[] keys,
      Buffer[] fingerprints,
      String[] jobs,
      String[] answers) {
    static KeyColumns of(List<Draft> keyed, Map<JobId, String> answers) {
      int n = keyed.size();
      KeyColumns columns =
          new KeyColumns(
              new String[n],
              new String[n],
              new String[n],
              new Buffer[n],
              new String[n],
              new String[n]);
      for (int i = 0; i < n; i++) {
        Draft draft = keyed.get(i);
        Draft.Repeat repeat = Objects.requireNonNull(draft.repeat());
        columns.tenants[i] = draft.tenant();
        columns.routes[i] = repeat.route();
        columns.keys[i] = repeat.key();
        columns.fingerprints[i] = Buffer.buffer(repeat.fingerprint());
        columns.jobs[i] = draft.job().value();
        columns.answers[i] = answers.getOrDefault(draft.job(), "");
      }
      return columns;
    }
  }

  private static String sortKey(Draft draft) {
    return draft.repeat() == null ? "" : name(draft.tenant(), draft.repeat());
  }

  private static String name(String tenant, Draft.Repeat repeat) {
    return tenant + "\n" + repeat.route() + "\n" + repeat.key();
  }
}
