package dev.muster.gateway.shell.http;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.packaging.PackageLayout;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.packaging.PackageDesk;
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

/** The result package of a job: its bytes, its manifest, and what is known of it. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
public class PackageResource {
  private final Requests requests;
  private final Caller caller;
  private final PackageDesk desk;
  private final BlobAnswers answers;

  PackageResource(Requests requests, Caller caller, PackageDesk desk, BlobAnswers answers) {
    this.requests = requests;
    this.caller = caller;
    this.desk = desk;
    this.answers = answers;
  }

  /** What is known of the package. */
  @GET
  @Path("{id}/package")
  @Produces(MediaType.APPLICATION_JSON)
  public String about(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    return ApiJson.text(desk.about(caller.tenant(), requests.job(id)));
  }

  /** The archive, or some of its bytes; the same on every download. */
  @GET
  @Path("{id}/download")
  @Produces(MediaType.WILDCARD)
  public Response archive(
      @PathParam("id") String id, @Context RoutingContext context, @Context UriInfo uri) {
    Query.of(uri);
    return answers.of(context, blob(of(id).digest()), PackageLayout.ARCHIVE);
  }

  /** One of the files beside the archive that are needed to verify it. */
  @GET
  @Path("{id}/download/{file}")
  @Produces(MediaType.WILDCARD)
  public Response file(
      @PathParam("id") String id,
      @PathParam("file") String file,
      @Context RoutingContext context,
      @Context UriInfo uri) {
    Query.of(uri);
    return PackageFiles.answer(answers, context, file, of(id), digest -> blob(digest));
  }

  private ResultPackage of(String id) {
    return desk.ready(caller.tenant(), requests.job(id));
  }

  private Blob blob(Sha256 digest) {
    return desk.blob(caller.tenant(), digest);
  }
}
