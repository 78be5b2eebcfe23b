package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.shell.artifact.AttemptFacts;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.project.ProjectRepository;
import dev.muster.gateway.shell.project.ProjectRevisions;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Project revisions for attempts: archives that the tenant of the attempt's job has pushed. */
@Path("/worker/v1/projects")
@RunOnVirtualThread
public class WorkerProjectResource {
  private final AttemptRights rights;
  private final Database database;
  private final Blobs blobs;
  private final BlobAnswers answers;

  WorkerProjectResource(AttemptRights rights, Database database, Blobs blobs, BlobAnswers answers) {
    this.rights = rights;
    this.database = database;
    this.blobs = blobs;
    this.answers = answers;
  }

  /** The archive of a revision. */
  @GET
  @Path("{revision}")
  @Produces(MediaType.WILDCARD)
  public Response get(
      @PathParam("revision") String revision,
      @Context RoutingContext context,
      @Context UriInfo uri) {
    Query.of(uri);
    AttemptRef attempt = rights.of(context).attempt();
    Sha256 digest = Sha256.parse(revision).orElseThrow(() -> ProblemException.notFound("revision"));
    Blob archive =
        database
            .transaction(tx ->
                AttemptFacts.tenant(tx, attempt.job())
                    .filter(tenant -> ProjectRepository.hasRevision(tx, tenant, digest))
                    .flatMap(tenant -> {
                      ProjectRevisions.fetched(tx, tenant, digest, attempt);
                      return blobs.find(tx, tenant, digest);
                    }))
            .orElseThrow(() -> ProblemException.notFound("revision"));
    return answers.of(context, archive, "project.tar.gz");
  }
}
