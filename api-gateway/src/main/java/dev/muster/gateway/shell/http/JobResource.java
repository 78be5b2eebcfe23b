package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.json.LiveJson;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.Callbacks;
import dev.muster.gateway.shell.store.Draft;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.Outcome;
import dev.muster.gateway.shell.store.SubmissionQueue;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JobReader;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.submission.Siblings;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.Money;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/** Submits jobs and shows them one by one. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class JobResource {
  private static final Logger LOG = Logger.getLogger(JobResource.class);
  private static final Siblings ALONE = Siblings.none();

  private final Requests requests;
  private final Caller caller;
  private final SubmissionQueue queue;
  private final Callbacks callbacks;
  private final Entrypoints entrypoints;
  private final Parents parents;
  private final History history;
  private final Counter submitted;

  JobResource(
      Requests requests,
      Caller caller,
      SubmissionQueue queue,
      Callbacks callbacks,
      Entrypoints entrypoints,
      Parents parents,
      History history,
      MeterRegistry metrics) {
    this.requests = requests;
    this.caller = caller;
    this.queue = queue;
    this.callbacks = callbacks;
    this.entrypoints = entrypoints;
    this.parents = parents;
    this.history = history;
    this.submitted = metrics.counter("jobs_submitted_total");
  }

  /** Submits one job. The 202 is sent after the commit, never before. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response submit(
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      @Context RoutingContext context) {
    Query.of(uri);
    Requests.idempotencyKey(headers);
    requests.requireAdmission();
    return requests.withBody(
        headers,
        in,
        body -> {
          JsonBody.Read read = JsonBody.read(body, BodyShape.JOB);
          Parsed parsed =
              parents.check(
                  entrypoints.complete(
                      JobReader.read(caller.tenant(), read.root(), body, callbacks.rules(), ALONE)),
                  ALONE);
          return switch (parsed) {
            case Parsed.Refused refused -> throw refusal(refused);
            case Parsed.Accepted accepted -> {
              callbacks.prepare(accepted.submission());
              yield accepted(
                  queue.commit(
                      new Draft(
                          HttpEdge.newJobId(),
                          accepted.submission(),
                          new Draft.ItemOrigin.Body(body),
                          HttpEdge.traceparent(context),
                          Requests.repeat(headers, "jobs", read.fingerprint()))),
                  HttpEdge.traceparent(context));
            }
          };
        });
  }

  private Response accepted(Outcome outcome, String traceparent) {
    if (outcome instanceof Outcome.Committed committed && !committed.replayed()) {
      submitted.increment();
      LOG.debugf("%s is submitted, trace %s", committed.job(), traceparent);
    }
    return answer(outcome);
  }

  /** The answer to a submission, the same for the first request and its repeats. */
  static Response answer(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Committed committed ->
          Response.accepted(committed.answer())
              // Relative: what the client wrote into its Host header is nobody's address.
              .header(HttpHeaders.LOCATION, "/api/v1/jobs/" + committed.job().external())
              .header(HttpHeaders.ETAG, etag(0))
              .build();
      case Outcome.Mismatch mismatch -> throw new ProblemException(mismatch());
      case Outcome.Running running -> throw new ProblemException(running());
      case Outcome.Uncovered uncovered -> throw new ProblemException(uncovered(uncovered));
      case Outcome.Orphaned _ -> throw new ProblemException(orphaned("/depends_on"));
    };
  }

  static Problem uncovered(Outcome.Uncovered outcome) {
    return Problem.of(
        ProblemKind.INSUFFICIENT_CREDIT,
        "Expected "
            + Money.dollars(outcome.holdNanos()).toPlainString()
            + " USD to set aside for the job, but "
            + Money.dollars(outcome.freeNanos()).toPlainString()
            + " are available",
        List.of());
  }

  /** The parent has a problem of its own in the same answer. */
  static Problem orphaned(String pointer) {
    String detail =
        "Expected the entry that this one depends on to be accepted, but it was refused";
    return Problem.of(
        ProblemKind.VALIDATION,
        "validation",
        detail,
        List.of(new FieldError(pointer, "parent-refused", detail)));
  }

  static Problem mismatch() {
    return Problem.of(
        ProblemKind.IDEMPOTENCY_MISMATCH,
        "Expected the request that this Idempotency-Key was first used for, but it differs",
        List.of());
  }

  static Problem running() {
    return Problem.of(
        ProblemKind.IDEMPOTENCY_RUNNING,
        "Expected the first request with this Idempotency-Key to have ended, but it runs",
        List.of());
  }

  static ProblemException refusal(Parsed.Refused refused) {
    int n = refused.errors().size();
    return new ProblemException(
        Problem.of(
            ProblemKind.VALIDATION,
            refused.code(),
            n == 1 ? refused.errors().getFirst().detail() : n + " fields are wrong",
            refused.errors()));
  }

  /** One job, as it is or as it was; a poll that knows its version costs nothing. */
  @GET
  @Path("{id}")
  public Response get(
      @PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query query = Query.of(uri, "at");
    Instant at = query.instant("at");
    query.check();
    JobRepository.Found job = requests.job(id);
    if (at != null) {
      JobRepository.Found then = history.at(job, at);
      return Response.ok(ApiJson.text(JobView.of(then.stored(), then.facts()))).build();
    }
    String etag = etag(job.facts());
    if (matches(headers, etag)) {
      return Response.notModified().header(HttpHeaders.ETAG, etag).build();
    }
    Response.ResponseBuilder answer =
        Response.ok(
                ApiJson.text(
                    JobView.of(
                        job.stored(), job.facts(), LiveJson.view(job.stored(), job.facts()))))
            .header(HttpHeaders.ETAG, etag);
    if (!job.facts().state().isTerminal()) {
      answer.header("Retry-After", "2");
    }
    return answer.build();
  }

  /** The end of a parent changes what is shown of a job that waits, and not its version. */
  private static String etag(JobFacts facts) {
    return facts.blockedOn().isEmpty()
        ? etag(facts.version())
        : "W/\"" + facts.version() + "-" + facts.blockedOn().size() + "\"";
  }

  static String etag(long version) {
    return "W/\"" + version + "\"";
  }

  private static boolean matches(HttpHeaders headers, String etag) {
    String known = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
    if (known == null) {
      return false;
    }
    for (String one : known.split(",", -1)) {
      if (one.strip().equals(etag)) {
        return true;
      }
    }
    return false;
  }
}
