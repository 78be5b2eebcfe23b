package dev.muster.gateway.shell.http;

import dev.muster.gateway.artifact.DirectRight;
import dev.muster.gateway.shell.blob.Blobs;
import dev.muster.gateway.shell.blob.Staging;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;

/** Where announced bytes go; the address is the right. */
@Path("/upload/v1")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class DirectBytesResource {
  private final DirectUploads uploads;
  private final Blobs blobs;

  DirectBytesResource(DirectUploads uploads, Blobs blobs) {
    this.uploads = uploads;
    this.blobs = blobs;
  }

  /** Takes the bytes that were announced, and no others. */
  @PUT
  @Path("{right}")
  @Consumes(MediaType.WILDCARD)
  public Response upload(@PathParam("right") String text, InputStream in, @Context UriInfo uri) {
    Query.of(uri);
    DirectRight right =
        uploads
            .verified(text)
            .orElseThrow(() ->
                new ProblemException(
                    ProblemKind.UNAUTHENTICATED,
                    "Expected an upload URL that holds, but it does not"));
    return switch (blobs.stage(
        in, new Staging.Expected(right.bytes(), right.bytes(), right.digest()))) {
      case Staging.Refused refused -> throw BlobAnswers.problem(refused);
      case Staging.Staged staged -> ArtifactResource.created(uploads.keep(right, staged));
    };
  }
}
