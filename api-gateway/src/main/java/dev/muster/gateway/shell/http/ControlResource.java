package dev.muster.gateway.shell.http;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.gateway.shell.store.Draft;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.SubmissionQueue;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JsonValue;
import dev.muster.gateway.submission.RetrySpec;
import dev.muster.gateway.submission.Submission;
import dev.muster.gateway.submission.TaskSelection;
import dev.muster.gateway.view.JobView;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.OutboxRow;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Cancels jobs and retries them. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ControlResource {
  private static final int TASKS_MAX = 65_536;
  private static final int REASON_MAX = 500;
  private static final long LOOK_MILLIS = 10;
  private static final long LOOK_MILLIS_MAX = 100;

  private final Requests requests;
  private final GatewayConfig config;
  private final Database database;
  private final DatabaseWatch watch;
  private final OutboxRelay relay;
  private final SubmissionQueue queue;
  private final TaskRepository tasks;
  private final ResultDeletions deletions;
  private final Parents parents;

  ControlResource(
      Requests requests,
      GatewayConfig config,
      Database database,
      DatabaseWatch watch,
      OutboxRelay relay,
      SubmissionQueue queue,
      TaskRepository tasks,
      ResultDeletions deletions,
      Parents parents) {
    this.requests = requests;
    this.config = config;
    this.database = database;
    this.watch = watch;
    this.relay = relay;
    this.queue = queue;
    this.tasks = tasks;
    this.deletions = deletions;
    this.parents = parents;
  }

  /** Passes the wish on and tells what the aggregator decided, if it does so soon. */
  @PUT
  @Path("{id}/cancel")
  public Response cancel(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      @Context RoutingContext context) {
    Query.of(uri);
    return cancelled(
        id, requests.withBody(headers, in, ControlResource::reason).orElse(null), context);
  }

  /** The answer to who wants a job to end. */
  Response cancelled(String id, @Nullable String reason, RoutingContext context) {
    JobRepository.Found job = requests.job(id);
    if (job.facts().state() != JobState.CANCELING && !job.facts().state().isTerminal()) {
      request(job.stored().id(), reason, HttpEdge.traceparent(context));
      job = awaitDecision(id);
    }
    JobState state = job.facts().state();
    boolean refused =
        job.facts().cancellation() != null && job.facts().cancellation().state().equals("failed");
    if (state != JobState.CANCELLED && (state.isTerminal() || refused)) {
      throw new ProblemException(
          ProblemKind.JOB_ALREADY_TERMINAL,
          "Expected a job that can still be cancelled, but it is "
              + (state.isTerminal() ? job.facts().status() : "about to end"));
    }
    return Response.status(state == JobState.CANCELLED ? 200 : 202)
        .entity(ApiJson.text(JobView.of(job.stored(), job.facts())))
        .header(HttpHeaders.ETAG, JobResource.etag(job.facts().version()))
        .build();
  }

  private void request(JobId job, @Nullable String reason, String traceparent) {
    watch.call(() ->
        database.transaction(tx -> {
          tx.later(
              "INSERT INTO gateway.cancel_request (job_id, reason, requested_at)"
                  + " VALUES ($1, $2, now()) ON CONFLICT (job_id) DO NOTHING",
              job.value(),
              reason);
          tx.send(List.of(row(job, reason, traceparent, tx.now())));
          return job;
        }));
    relay.wake();
  }

  private static OutboxRow row(
      JobId job, @Nullable String reason, String traceparent, Instant now) {
    return OutboxRow.of(
        Topic.SUBMISSIONS,
        job,
        traceparent,
        now,
        List.of(new SubmissionEvent.JobCancelRequested(job, reason)));
  }

  private JobRepository.Found awaitDecision(String id) {
    long until = System.nanoTime() + config.cancelWait().toNanos();
    long pause = LOOK_MILLIS;
    JobRepository.Found job = requests.job(id);
    while (job.facts().cancellation() == null
        && !job.facts().state().isTerminal()
        && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
      pause = Math.min(pause * 2, LOOK_MILLIS_MAX);
      job = requests.job(id);
    }
    return job;
  }

  /** An empty body, or {@code {"reason": text}}. */
  private static Optional<String> reason(RequestBody body) {
    if (!body.view().hasRemaining()) {
      return Optional.empty();
    }
    JsonValue root = JsonBody.read(body, BodyShape.PLAIN).root();
    if (!(root instanceof JsonValue.Fields fields)) {
      throw invalid("", "Expected an object, but got " + root.kind().words());
    }
    String reason = null;
    for (var member : fields.members().entrySet()) {
      if (!member.getKey().equals("reason")) {
        throw invalid("", "Expected the field reason and no other");
      }
      if (!(member.getValue().value() instanceof JsonValue.Text text)
          || text.text().length() > REASON_MAX) {
        throw invalid("/reason", "Expected a string of at most " + REASON_MAX + " characters");
      }
      reason = text.text();
    }
    return Optional.ofNullable(reason);
  }

  private static ProblemException invalid(String pointer, String detail) {
    return new ProblemException(
        ProblemKind.VALIDATION, detail, List.of(new FieldError(pointer, "type", detail)));
  }

  /** Makes a new job that takes over the results of the old one and runs the rest again. */
  @POST
  @Path("{id}/retry")
  public Response retry(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      @Context RoutingContext context) {
    Query.of(uri);
    String asked = requests.withBody(headers, in, ControlResource::tasks).orElse("");
    requests.requireAdmission();
    JobRepository.Found old = requests.job(id);
    JobId oldId = old.stored().id();
    Draft.Repeat repeat =
        Requests.repeat(headers, "retry", (oldId.value() + asked).getBytes(StandardCharsets.UTF_8));
    JobState state = old.facts().state();
    if (!state.isTerminal()) {
      throw new ProblemException(
          ProblemKind.JOB_NOT_TERMINAL,
          "Expected a job that has ended, but it is " + old.facts().status());
    }
    IndexRanges wanted = wanted(old, asked);
    if (wanted == null ? state == JobState.COMPLETED : wanted.isEmpty()) {
      throw new ProblemException(
          ProblemKind.NOTHING_TO_RETRY, "Expected a task to run again, but there is none");
    }
    deletions.requireKept(old);
    Submission submission =
        new Submission(
            parents.followed(
                RetrySpec.of(old.stored().spec(), oldId, tasks.succeeded(oldId), wanted)),
            old.stored().shownPayload(),
            old.stored().omitted(),
            null);
    return JobResource.answer(
        queue.commit(
            new Draft(
                HttpEdge.newJobId(),
                submission,
                new Draft.ItemOrigin.Earlier(oldId),
                HttpEdge.traceparent(context),
                repeat)));
  }

  /** The tasks to run again; null for those that did not succeed. */
  private @Nullable IndexRanges wanted(JobRepository.Found old, String asked) {
    if (asked.isEmpty()) {
      return null;
    }
    if (asked.equals("failed")) {
      return tasks.failed(old.stored().id());
    }
    try {
      return TaskSelection.parse(asked, old.stored().spec().taskCount());
    } catch (IllegalArgumentException e) {
      throw invalid("/tasks", String.valueOf(e.getMessage()));
    }
  }

  /** An empty body or object, or {@code {"tasks": text}}. */
  private static Optional<String> tasks(RequestBody body) {
    if (!body.view().hasRemaining()) {
      return Optional.empty();
    }
    JsonValue root = JsonBody.read(body, BodyShape.PLAIN).root();
    if (!(root instanceof JsonValue.Fields fields)) {
      throw invalid("", "Expected an object, but got " + root.kind().words());
    }
    String tasks = null;
    for (var member : fields.members().entrySet()) {
      if (!member.getKey().equals("tasks")) {
        throw invalid("", "Expected the field tasks and no other");
      }
      if (!(member.getValue().value() instanceof JsonValue.Text text)
          || text.text().isBlank()
          || text.text().length() > TASKS_MAX) {
        throw invalid(
            "/tasks", "Expected a string of 1 to " + TASKS_MAX + " characters, such as 17,40-90");
      }
      tasks = text.text().strip();
    }
    return Optional.ofNullable(tasks);
  }
}
