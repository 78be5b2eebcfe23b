package dev.muster.gateway.shell.http;

import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.project.Project;
import dev.muster.gateway.project.ProjectDetails;
import dev.muster.gateway.project.ProjectManifest;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.project.ProjectRepository;
import dev.muster.gateway.shell.project.ProjectRevisions;
import dev.muster.gateway.shell.project.ProjectRevisions.Deletion;
import dev.muster.gateway.shell.store.Draft;
import dev.muster.gateway.shell.store.SubmissionQueue;
import dev.muster.gateway.submission.JobReader;
import dev.muster.gateway.submission.Parsed;
import dev.muster.gateway.view.Alias;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.function.Function;

/** What is known of a project in detail, having workers prepare it, and its deletion. */
@Path("/api/v1/projects")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ProjectDetailResource {
  /** A project whose name needs no quotes, and a command that does nothing. */
  private static final String INIT =
      "{\"project\":\"%s\",\"tags\":[\"project-init\"],\"runner_command\":"
          + "[\"sh\",\"-c\",\"echo '{}' > \\\"$MUSTER_TASK_RESULT\\\"\"]}";

  private final Caller caller;
  private final Requests requests;
  private final Database database;
  private final Blobs blobs;
  private final Secrets secrets;
  private final SubmissionQueue queue;

  ProjectDetailResource(
      Caller caller,
      Requests requests,
      Database database,
      Blobs blobs,
      Secrets secrets,
      SubmissionQueue queue) {
    this.caller = caller;
    this.requests = requests;
    this.database = database;
    this.blobs = blobs;
    this.secrets = secrets;
    this.queue = queue;
  }

  /** Its manifest as far as it is used, its revisions, and which workers have them. */
  @GET
  @Path("{name}/status/details")
  public String details(@PathParam("name") String name, @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    return ApiJson.text(
        database.transaction(tx -> {
          Project project = find(tx, name);
          Project.Revision current = project.current();
          ProjectManifest manifest =
              current == null
                  ? null
                  : ProjectRevisions.manifest(tx, tenant, name, current.digest())
                      .flatMap(ManifestText::known)
                      .orElse(null);
          return new ProjectDetails(
              name,
              current == null ? null : current.digest().hex(),
              current != null,
              current != null,
              manifest,
              ProjectRevisions.list(tx, tenant, project),
              ProjectRevisions.nodes(tx, tenant, project, new Alias(secrets::mac, tenant)));
        }));
  }

  /**
   * Has a worker fetch the newest revision, run what its manifest says, and make its environment,
   * by a job that does nothing else.
   */
  @POST
  @Path("{name}/init")
  public Response init(
      @PathParam("name") String name, @Context UriInfo uri, @Context RoutingContext context) {
    Query.of(uri);
    requests.requireAdmission();
    if (database.transaction(tx -> find(tx, name)).current() == null) {
      throw new ProblemException(
          ProblemKind.PROJECT_STATE, "Expected a revision to prepare, but nothing was pushed");
    }
    RequestBody body = RequestBody.of(INIT.formatted(name));
    JsonBody.Read read = JsonBody.read(body, BodyShape.JOB);
    return switch (JobReader.read(caller.tenant(), read.root(), body)) {
      case Parsed.Refused refused -> throw JobResource.refusal(refused);
      case Parsed.Accepted(var submission) ->
          JobResource.answer(
              queue.commit(
                  new Draft(
                      HttpEdge.newJobId(),
                      submission,
                      new Draft.ItemOrigin.Body(body),
                      HttpEdge.traceparent(context),
                      null)));
    };
  }

  /** Deletes a project and all its revisions, unless a job that has not ended runs one. */
  @DELETE
  @Path("{name}")
  public Response delete(@PathParam("name") String name, @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    return deleted(tx -> ProjectRevisions.delete(tx, tenant, name));
  }

  /** Deletes a revision that is not the newest, unless a job that has not ended runs it. */
  @DELETE
  @Path("{name}/revisions/{revision}")
  public Response delete(
      @PathParam("name") String name,
      @PathParam("revision") String revision,
      @Context UriInfo uri) {
    Query.of(uri);
    String tenant = caller.tenant();
    Sha256 digest = Sha256.parse(revision).orElseThrow(() -> ProblemException.notFound("revision"));
    return deleted(tx -> ProjectRevisions.delete(tx, tenant, name, digest));
  }

  private Response deleted(Function<Tx, Deletion> work) {
    Deletion deletion =
        database.transaction(tx -> {
          Deletion done = work.apply(tx);
          if (done instanceof Deletion.Done(var owners)) {
            blobs.release(tx, owners);
          }
          return done;
        });
    return switch (deletion) {
      case Deletion.Done done -> Response.noContent().build();
      case Deletion.Unknown() -> throw ProblemException.notFound("project");
      case Deletion.InUse() ->
          throw new ProblemException(
              ProblemKind.PROJECT_STATE, "Expected no job to run it, but one has not ended");
      case Deletion.Current() ->
          throw new ProblemException(
              ProblemKind.PROJECT_STATE,
              "Expected an older revision, but this is the one that new jobs run");
    };
  }

  private Project find(Tx tx, String name) {
    return (Project.isName(name)
            ? ProjectRepository.find(tx, caller.tenant(), name)
            : Optional.<Project>empty())
        .orElseThrow(() -> ProblemException.notFound("project"));
  }
}
