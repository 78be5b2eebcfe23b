package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.FileAccess;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.submission.Submission;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.StoredJob;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes submissions, their items, their idempotency keys and their outbox rows. */
final class SubmissionRepository {
  private SubmissionRepository() {}

  /**
   * Makes drafts durable in one transaction, with a handful of statements however many they are.
   * Which of two equal requests made the job is decided by the primary key of {@code idempotency}.
   */
  static List<Outcome> commit(Tx tx, List<Draft> drafts, Secrets secrets) {
    Instant now = tx.now();
    Map<JobId, String> answers = new HashMap<>();
    for (Draft draft : drafts) {
      answers.put(draft.job(), answer(draft, now));
    }
    Map<String, Kept> kept = keep(tx, drafts, answers, now);
    List<Outcome> outcomes = new ArrayList<>(drafts.size());
    List<Draft> made = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      Outcome outcome = outcome(draft, answers, kept);
      outcomes.add(outcome);
      if (outcome instanceof Outcome.Committed committed && !committed.replayed()) {
        made.add(draft);
      }
    }
    insert(tx, made, secrets, now);
    return outcomes;
  }

  private static String answer(Draft draft, Instant now) {
    Submission submission = draft.submission();
    StoredJob job =
        new StoredJob(
            draft.job(), now, submission.spec(), submission.shownPayload(), submission.omitted());
    return ApiJson.text(JobView.of(job, JobFacts.none(submission.spec().taskCount())));
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Kept(JobId job, byte[] fingerprint, String answer) {}

  private static Outcome outcome(
      Draft draft, Map<JobId, String> answers, Map<String, Kept> keptByKey) {
    Draft.Repeat repeat = draft.repeat();
    Kept kept = repeat == null ? null : keptByKey.get(name(draft.tenant(), repeat));
    if (repeat == null || kept == null || kept.job().equals(draft.job())) {
      return new Outcome.Committed(draft.job(), answers.getOrDefault(draft.job(), ""), false);
    }
    return Arrays.equals(kept.fingerprint(), repeat.fingerprint())
        ? new Outcome.Committed(kept.job(), kept.answer(), true)
        : new Outcome.Mismatch();
  }

  private static String name(String tenant, Draft.Repeat repeat) {
    return tenant + "\n" + repeat.route() + "\n" + repeat.key();
  }

  /**
   * Takes the keys of these drafts, or finds who has them. The insert waits for a transaction that
   * holds one of the keys; sorted, so that two groups never wait for each other.
   */
  private static Map<String, Kept> keep(
      Tx tx, List<Draft> drafts, Map<JobId, String> answers, Instant now) {
    List<Draft> keyed =
        drafts.stream()
            .filter(draft -> draft.repeat() != null)
            .sorted(Comparator.comparing(SubmissionRepository::sortKey))
            .toList();
    Map<String, Kept> kept = new HashMap<>();
    if (keyed.isEmpty()) {
      return kept;
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
    return kept;
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

  private static void insert(Tx tx, List<Draft> drafts, Secrets secrets, Instant now) {
    if (drafts.isEmpty()) {
      return;
    }
    insertRows(tx, drafts, now);
    List<OutboxRow> rows = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      rows.add(
          OutboxRow.of(
              Topic.SUBMISSIONS,
              draft.job(),
              draft.traceparent(),
              now,
              List.of(
                  new SubmissionEvent.JobSubmitted(
                      draft.job(),
                      announced(draft, secrets),
                      now,
                      draft.submission().shownPayload(),
                      draft.submission().omitted()))));
    }
    tx.send(rows);
    for (Draft draft : drafts) {
      if (draft.submission().spec().fanOut().listed()) {
        insertItems(tx, draft, now);
      }
    }
  }

  /** What the other services get: with the job's secret, which is in no row of ours. */
  private static JobSpec announced(Draft draft, Secrets secrets) {
    return draft.submission().spec().with(new FileAccess(secrets.jobKey(draft.job()), null));
  }

  private static void insertRows(Tx tx, List<Draft> drafts, Instant now) {
    int n = drafts.size();
    String[] jobs = new String[n];
    String[] tenants = new String[n];
    String[] specs = new String[n];
    @Nullable String[] payloads = new String[n];
    @Nullable String[] omitted = new String[n];
    String[] tags = new String[n];
    @Nullable String[] projects = new String[n];
    @Nullable String[] refs = new String[n];
    @Nullable String[] retryOf = new String[n];
    for (int i = 0; i < n; i++) {
      Submission submission = drafts.get(i).submission();
      JobSpec spec = submission.spec();
      jobs[i] = drafts.get(i).job().value();
      tenants[i] = spec.tenant();
      specs[i] = Json.text(spec);
      payloads[i] = submission.shownPayload();
      omitted[i] = submission.omitted();
      tags[i] = String.join(",", spec.tags()); // a tag has no comma
      projects[i] = spec.project();
      refs[i] = spec.clientRef();
      retryOf[i] = spec.retryOf() == null ? null : spec.retryOf().value();
    }
    tx.later(
        "INSERT INTO gateway.submission (job_id, tenant, created_at, spec, payload,"
            + " payload_omitted, tags, project, client_ref, retry_of)"
            + " SELECT u.job, u.tenant, $10, u.spec, u.payload, u.omitted,"
            + " CASE WHEN u.tags = '' THEN '{}' ELSE string_to_array(u.tags, ',') END,"
            + " u.project, u.ref, u.retry_of"
            + " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],"
            + " $6::text[], $7::text[], $8::text[], $9::text[])"
            + " AS u (job, tenant, spec, payload, omitted, tags, project, ref, retry_of)",
        jobs,
        tenants,
        specs,
        payloads,
        omitted,
        tags,
        projects,
        refs,
        retryOf,
        OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
  }

  private static void insertItems(Tx tx, Draft draft, Instant now) {
    switch (draft.items()) {
      case Draft.ItemOrigin.Body(var source) ->
          draft.submission().parts(source, part -> insertPart(tx, draft, part, now));
      case Draft.ItemOrigin.Earlier(var job) -> copyItems(tx, draft, job, now);
    }
  }

  private static void insertPart(Tx tx, Draft draft, Submission.Part part, Instant now) {
    tx.later(
        "INSERT INTO gateway.item_chunk (job_id, chunk, first_item, items)"
            + " VALUES ($1, $2, $3, $4)",
        draft.job().value(),
        part.chunk(),
        part.firstItem(),
        part.items().toArray(String[]::new));
    tx.send(
        List.of(
            OutboxRow.of(
                Topic.SUBMISSIONS,
                draft.job(),
                draft.traceparent(),
                now,
                List.of(
                    new SubmissionEvent.JobItemsListed(
                        draft.job(), part.chunk(), part.firstItem(), part.items())))));
  }

  private static void copyItems(Tx tx, Draft draft, JobId earlier, Instant now) {
    for (int chunk = 0; ; chunk++) {
      var rows =
          tx.query(
              "SELECT first_item, items FROM gateway.item_chunk WHERE job_id = $1 AND chunk = $2",
              earlier.value(),
              chunk);
      if (rows.size() == 0) {
        return;
      }
      Row row = rows.iterator().next();
      List<String> items = List.of(row.getArrayOfStrings("items"));
      insertPart(tx, draft, new Submission.Part(chunk, row.getInteger("first_item"), items), now);
    }
  }
}
