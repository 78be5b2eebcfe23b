package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.Callbacks;
import dev.muster.gateway.shell.store.Draft;
import dev.muster.gateway.shell.store.Outcome;
import dev.muster.gateway.shell.store.SubmissionQueue;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JobReader;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.submission.Limits;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.submission.Siblings;
import dev.muster.gateway.submission.Submission;
import dev.muster.gateway.view.JsonText;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Submits up to 200 jobs at once; each is accepted or refused for itself. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class BatchResource {
  private final Requests requests;
  private final Caller caller;
  private final SubmissionQueue queue;
  private final Callbacks callbacks;
  private final Entrypoints entrypoints;
  private final Parents parents;
  private final Counter submitted;

  BatchResource(
      Requests requests,
      Caller caller,
      SubmissionQueue queue,
      Callbacks callbacks,
      Entrypoints entrypoints,
      Parents parents,
      MeterRegistry metrics) {
    this.requests = requests;
    this.caller = caller;
    this.queue = queue;
    this.callbacks = callbacks;
    this.entrypoints = entrypoints;
    this.parents = parents;
    this.submitted = metrics.counter("jobs_submitted_total");
  }

  /** All accepted jobs are committed together; the answer tells about each in its place. */
  @POST
  @Path("batch")
  @Consumes(MediaType.APPLICATION_JSON)
  public String submit(
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      @Context RoutingContext context) {
    Query.of(uri);
    String key = Requests.idempotencyKey(headers);
    requests.requireAdmission();
    return requests.withBody(
        headers,
        in,
        body -> {
          List<JsonValue> jobs = jobs(JsonBody.read(body, BodyShape.BATCH).root());
          return answer(body, jobs, key, HttpEdge.traceparent(context));
        });
  }

  private static List<JsonValue> jobs(JsonValue root) {
    if (!(root instanceof JsonValue.Fields fields)) {
      throw invalid("", "type", "Expected an object, but got " + root.kind().words());
    }
    JsonValue.Member member = fields.members().get("jobs");
    if (member == null || fields.members().size() > 1) {
      throw invalid("", "unknown-field", "Expected the field jobs and no other");
    }
    if (!(member.value() instanceof JsonValue.Items items)) {
      throw invalid("/jobs", "type", "Expected an array of submissions");
    }
    if (items.count() == 0 || items.count() > Limits.BATCH_JOBS_MAX) {
      throw invalid(
          "/jobs",
          "max-items",
          "Expected 1 to " + Limits.BATCH_JOBS_MAX + " jobs, but got " + items.count());
    }
    return items.elements();
  }

  private static ProblemException invalid(String pointer, String code, String detail) {
    return new ProblemException(
        ProblemKind.VALIDATION, detail, List.of(new FieldError(pointer, code, detail)));
  }

  private String answer(
      RequestBody body, List<JsonValue> jobs, @Nullable String key, String traceparent) {
    List<Draft> drafts = new ArrayList<>();
    Map<Integer, Draft> draftOf = new LinkedHashMap<>();
    Map<Integer, Problem> problems = new LinkedHashMap<>();
    Siblings siblings = Siblings.ofBatch();
    for (int i = 0; i < jobs.size(); i++) {
      Parsed parsed =
          JobReader.read(caller.tenant(), jobs.get(i), body, callbacks.rules(), siblings);
      switch (parents.check(entrypoints.complete(parsed), siblings)) {
        case Parsed.Refused refused -> {
          problems.put(i, problem(i, refused));
          siblings.add(new Siblings.Entry(null, clientRef(jobs.get(i))));
        }
        case Parsed.Accepted accepted -> {
          callbacks.prepare(accepted.submission());
          Draft draft =
              new Draft(
                  HttpEdge.newJobId(),
                  accepted.submission(),
                  new Draft.ItemOrigin.Body(body),
                  traceparent,
                  key == null ? null : repeat(key, i, body, jobs.get(i)));
          drafts.add(draft);
          draftOf.put(i, draft);
          siblings.add(new Siblings.Entry(draft.job(), draft.submission().spec().clientRef()));
        }
      }
    }
    return ApiJson.text(told(jobs.size(), draftOf, problems, commit(drafts)));
  }

  /** The reference of an entry that was refused, so that what depends on it can say so. */
  private static @Nullable String clientRef(JsonValue job) {
    return job instanceof JsonValue.Fields fields
            && fields.members().containsKey("client_ref")
            && fields.members().get("client_ref").value() instanceof JsonValue.Text text
        ? text.text()
        : null;
  }

  private Map<Draft, Outcome> commit(List<Draft> drafts) {
    List<Outcome> outcomes = queue.commitAlone(drafts);
    Map<Draft, Outcome> outcomeOf = new IdentityHashMap<>();
    for (int i = 0; i < drafts.size(); i++) {
      outcomeOf.put(drafts.get(i), outcomes.get(i));
      if (outcomes.get(i) instanceof Outcome.Committed committed && !committed.replayed()) {
        submitted.increment();
      }
    }
    return outcomeOf;
  }

  private static Answer told(
      int count,
      Map<Integer, Draft> draftOf,
      Map<Integer, Problem> problems,
      Map<Draft, Outcome> outcomeOf) {
    List<Object> entries = new ArrayList<>();
    int accepted = 0;
    for (int i = 0; i < count; i++) {
      Draft draft = draftOf.get(i);
      Problem problem = problems.get(i);
      Outcome outcome = draft == null ? null : outcomeOf.get(draft);
      if (draft != null && outcome instanceof Outcome.Committed committed) {
        accepted++;
        entries.add(Accepted.of(i, committed.job(), draft.submission()));
      } else {
        entries.add(new Rejected(i, false, problem == null ? conflict(i, outcome) : problem));
      }
    }
    return new Answer(entries, accepted, count - accepted);
  }

  /** Each entry has a key of its own, so that a repeated batch makes nothing twice (R-33). */
  private static Draft.Repeat repeat(String key, int index, RequestBody body, JsonValue job) {
    try {
      byte[] text = body.slice(job.start(), job.end()).getBytes(StandardCharsets.UTF_8);
      return new Draft.Repeat(
          "batch", key + "#" + index, MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  private static Problem problem(int index, Parsed.Refused refused) {
    List<FieldError> placed =
        refused.errors().stream()
            .map(e -> new FieldError("/jobs/" + index + e.pointer(), e.code(), e.detail()))
            .toList();
    return JobResource.refusal(new Parsed.Refused(refused.code(), placed)).problem();
  }

  private static Problem conflict(int index, @Nullable Outcome outcome) {
    return switch (outcome) {
      case Outcome.Mismatch _ -> JobResource.mismatch();
      case Outcome.Uncovered uncovered -> JobResource.uncovered(uncovered);
      case Outcome.Orphaned _ -> JobResource.orphaned("/jobs/" + index + "/depends_on");
      case Outcome.Running _, Outcome.Committed _ -> JobResource.running();
      case null -> JobResource.running();
    };
  }

  /** The answer's body. */
  record Answer(List<Object> jobs, int accepted, int rejected) {}

  /** An entry that became a job. */
  record Accepted(
      int index,
      boolean ok,
      String jobId,
      String status,
      JsonText payload,
      @Nullable JsonText meta,
      @Nullable String variant) {
    static Accepted of(int index, JobId job, Submission submission) {
      String shown = submission.shownPayload();
      return new Accepted(
          index,
          true,
          job.external(),
          "planning",
          new JsonText(shown == null ? submission.spec().payload() : shown),
          JsonText.of(submission.spec().meta()),
          submission.spec().variant());
    }
  }

  /** An entry that did not. */
  record Rejected(int index, boolean ok, Problem error) {}
}
