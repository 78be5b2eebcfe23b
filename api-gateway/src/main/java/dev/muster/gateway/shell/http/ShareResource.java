package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.artifact.Artifact;
import dev.muster.gateway.retention.Keeping;
import dev.muster.gateway.share.ShareRequest;
import dev.muster.gateway.share.ShareToken;
import dev.muster.gateway.share.ShareView;
import dev.muster.gateway.shell.artifact.ArtifactRepository;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.share.ShareRepository;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/** Makes, shows and revokes links that open the results of a job without a key. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ShareResource {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Requests requests;
  private final Caller caller;
  private final Database database;
  private final ResultDeletions deletions;
  private final Cursors cursors;

  ShareResource(
      Requests requests,
      Caller caller,
      Database database,
      ResultDeletions deletions,
      Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.database = database;
    this.deletions = deletions;
    this.cursors = cursors;
  }

  /** Makes a link; its secret is shown this once. It ends with the job's results at the latest. */
  @POST
  @Path("{id}/shares")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response create(
      @PathParam("id") String id,
      InputStream in,
      @Context HttpHeaders headers,
      @Context UriInfo uri) {
    Query.of(uri);
    ShareRequest request =
        requests.withBody(
            headers,
            in,
            body -> Requests.valid(ShareRequest.read(JsonBody.read(body, BodyShape.PLAIN).root())));
    JobRepository.Found job = requests.job(id);
    if (!job.facts().state().isTerminal()) {
      throw new ProblemException(ProblemKind.JOB_NOT_READY, "job not ready");
    }
    Keeping keeping = deletions.keeping(caller.tenant(), job);
    if (keeping.deletion() != null) {
      throw ResultDeletions.gone();
    }
    byte[] random = new byte[ShareToken.BYTES];
    RANDOM.nextBytes(random);
    ShareToken token = ShareToken.of(random);
    ShareView made =
        database.transaction(tx -> make(tx, job.stored().id(), request, keeping, token));
    return Response.status(201)
        .entity(ApiJson.text(made.withUrl("/shared/" + token.text())))
        .header(
            HttpHeaders.LOCATION,
            "/api/v1/jobs/" + job.stored().id().external() + "/shares/" + made.shareId())
        .build();
  }

  private ShareView make(
      Tx tx, JobId job, ShareRequest request, Keeping keeping, ShareToken token) {
    String tenant = caller.tenant();
    String artifact = request.artifact();
    if (artifact != null
        && ArtifactRepository.find(tx, tenant, artifact)
            .map(Artifact::source)
            .filter(source -> source.job().equals(job))
            .isEmpty()) {
      throw ArtifactResource.invalid(
          "/artifact_id", "unknown", "Expected the id of a file that the job left");
    }
    Instant wanted = tx.now().plus(request.life());
    Instant expiresAt = wanted.isBefore(keeping.expiresAt()) ? wanted : keeping.expiresAt();
    return ShareRepository.add(
        tx,
        "shr_" + HttpEdge.newJobId().value(),
        tenant,
        job,
        artifact,
        token,
        caller.principal().keyId(),
        expiresAt);
  }

  /** The links of a job, newest first. */
  @GET
  @Path("{id}/shares")
  public String list(@PathParam("id") String id, @Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 200, 50);
    query.check();
    JobId job = requests.job(id).stored().id();
    String tenant = caller.tenant();
    String list = "shares/" + job;
    String before = cursors.read(tenant, list, query.text("cursor"));
    List<ShareView> found =
        database.transaction(tx -> ShareRepository.list(tx, tenant, job, before, limit + 1));
    return ApiJson.text(
        ListResource.Page.of(found, limit, last -> cursors.write(tenant, list, last.shareId())));
  }

  /** One link, with all that happened to it. */
  @GET
  @Path("{id}/shares/{share}")
  public String get(
      @PathParam("id") String id, @PathParam("share") String share, @Context UriInfo uri) {
    Query.of(uri);
    JobId job = requests.job(id).stored().id();
    return ApiJson.text(
        database.transaction(tx ->
            ShareRepository.find(tx, caller.tenant(), job, checked(share))
                .orElseThrow(() -> ProblemException.notFound("link"))
                .withEvents(ShareRepository.events(tx, share))));
  }

  /** Ends a link at once. */
  @DELETE
  @Path("{id}/shares/{share}")
  public Response revoke(
      @PathParam("id") String id, @PathParam("share") String share, @Context UriInfo uri) {
    Query.of(uri);
    JobId job = requests.job(id).stored().id();
    String tenant = caller.tenant();
    database.transaction(tx -> {
      if (ShareRepository.find(tx, tenant, job, checked(share)).isEmpty()) {
        throw ProblemException.notFound("link");
      }
      return ShareRepository.revoke(tx, tenant, job, share, caller.principal().keyId());
    });
    return Response.noContent().build();
  }

  private static String checked(String share) {
    if (!share.matches("shr_[0-9A-HJKMNP-TV-Z]{26}")) {
      throw ProblemException.notFound("link");
    }
    return share;
  }
}
