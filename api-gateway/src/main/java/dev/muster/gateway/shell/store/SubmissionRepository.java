package dev.muster.gateway.shell.store;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes submissions and their outbox rows. */
final class SubmissionRepository {
  private SubmissionRepository() {}

  /**
   * Makes drafts durable in one transaction, with a handful of statements however many they are.
   * Which of two equal requests made the job is decided by the primary key of {@code idempotency}.
   */
  static List<Outcome> commit(Tx tx, List<Draft> drafts, Credit credit, Secrets secrets) {
    Instant now = tx.now();
    Map<JobId, String> answers = new HashMap<>();
    for (Draft draft : drafts) {
      answers.put(draft.job(), answer(draft, now));
    }
    IdempotencyRows kept = IdempotencyRows.keep(tx, drafts, answers, now);
    List<Outcome> outcomes = new ArrayList<>(drafts.size());
    List<Draft> made = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      Outcome outcome = kept.outcome(draft, answers.getOrDefault(draft.job(), ""));
      outcomes.add(outcome);
      if (outcome instanceof Outcome.Committed committed && !committed.replayed()) {
        made.add(draft);
      }
    }
    Map<JobId, Long> holds = credit.holds(tx, made);
    Map<JobId, Long> uncovered = credit.uncovered(tx, made, holds);
    if (!uncovered.isEmpty()) {
      refuse(tx, drafts, outcomes, holds, uncovered);
      made.removeIf(draft -> uncovered.containsKey(draft.job()));
    }
    if (made.stream().anyMatch(draft -> draft.submission().spec().dependsOn() != null)) {
      made = settleEdges(tx, drafts, outcomes, made);
    }
    insert(tx, ProjectPins.pin(tx, made), holds, secrets, now);
    return outcomes;
  }

  /** What is left to be made, with edges to jobs that exist; the rest leaves no trace. */
  private static List<Draft> settleEdges(
      Tx tx, List<Draft> drafts, List<Outcome> outcomes, List<Draft> made) {
    BatchEdges edges = new BatchEdges(drafts, outcomes);
    List<Draft> orphans = made.stream().filter(edges::isOrphan).toList();
    if (!orphans.isEmpty()) {
      freeKeys(tx, orphans);
      tx.later(
          "DELETE FROM gateway.hold WHERE job_id = ANY($1)",
          (Object) column(orphans, draft -> draft.job().value()));
    }
    return made.stream().filter(draft -> !edges.isOrphan(draft)).map(edges::settled).toList();
  }

  /** A job that is not covered leaves no trace; its key is free for the next try. */
  private static void refuse(
      Tx tx,
      List<Draft> drafts,
      List<Outcome> outcomes,
      Map<JobId, Long> holds,
      Map<JobId, Long> uncovered) {
    for (int i = 0; i < drafts.size(); i++) {
      JobId job = drafts.get(i).job();
      Long free = uncovered.get(job);
      if (free != null) {
        outcomes.set(i, new Outcome.Uncovered(holds.getOrDefault(job, 0L), free));
      }
    }
    freeKeys(tx, drafts.stream().filter(draft -> uncovered.containsKey(draft.job())).toList());
  }

  private static void freeKeys(Tx tx, List<Draft> refused) {
    tx.later(
        "DELETE FROM gateway.idempotency i USING unnest($1::text[], $2::text[]) AS u (tenant, job)"
            + " WHERE i.tenant = u.tenant AND i.job_id = u.job AND i.route = ANY($3)"
            + " AND i.key = ANY($4)",
        column(refused, Draft::tenant),
        column(refused, draft -> draft.job().value()),
        column(refused, draft -> draft.repeat() == null ? "" : draft.repeat().route()),
        column(refused, draft -> draft.repeat() == null ? "" : draft.repeat().key()));
  }

  private static String[] column(List<Draft> drafts, Function<Draft, String> column) {
    return drafts.stream().map(column).toArray(String[]::new);
  }

  private static String answer(Draft draft, Instant now) {
    Submission submission = draft.submission();
    StoredJob job =
        new StoredJob(
            draft.job(), now, submission.spec(), submission.shownPayload(), submission.omitted());
    return ApiJson.text(JobView.of(job, JobFacts.none(submission.spec().taskCount())));
  }

  private static void insert(
      Tx tx, List<Draft> drafts, Map<JobId, Long> holds, Secrets secrets, Instant now) {
    if (drafts.isEmpty()) {
      return;
    }
    insertRows(tx, drafts, now);
    Map<JobId, JobState> ended =
        ParentRows.ended(tx, drafts.stream().map(draft -> draft.submission().spec()).toList());
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
                      draft.submission().omitted(),
                      0,
                      ParentRows.endsOf(draft.submission().spec(), ended)),
                  new SubmissionEvent.CreditHeld(
                      draft.job(), draft.tenant(), holds.getOrDefault(draft.job(), 0L)))));
    }
    tx.send(rows);
    for (Draft draft : drafts) {
      if (draft.submission().spec().fanOut().listed()) {
        ItemRows.insert(tx, draft, now);
      }
    }
  }

  /** What the other services get: with the job's secret, which is in no row of ours. */
  private static JobSpec announced(Draft draft, Secrets secrets) {
    return announced(draft.submission().spec(), draft.job(), secrets);
  }

  /** A job's spec as the other services get it. */
  static JobSpec announced(JobSpec spec, JobId job, Secrets secrets) {
    return spec.with(
        new FileAccess(secrets.jobKey(job), spec.files() == null ? null : spec.files().project()));
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
    @Nullable String[] dependsOn = new String[n];
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
      dependsOn[i] =
          spec.dependsOn() == null
              ? null
              : spec.dependsOn().jobs().stream().map(JobId::value).collect(Collectors.joining(","));
    }
    tx.later(
        "INSERT INTO gateway.submission (job_id, tenant, created_at, spec, payload,"
            + " payload_omitted, tags, project, client_ref, retry_of, depends_on)"
            + " SELECT u.job, u.tenant, $11, u.spec, u.payload, u.omitted,"
            + " CASE WHEN u.tags = '' THEN '{}' ELSE string_to_array(u.tags, ',') END,"
            + " u.project, u.ref, u.retry_of, string_to_array(u.depends_on, ',')"
            + " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],"
            + " $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])"
            + " AS u (job, tenant, spec, payload, omitted, tags, project, ref, retry_of,"
            + " depends_on)",
        jobs,
        tenants,
        specs,
        payloads,
        omitted,
        tags,
        projects,
        refs,
        retryOf,
        dependsOn,
        OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
  }
}
