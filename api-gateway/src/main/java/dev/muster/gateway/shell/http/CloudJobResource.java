package dev.muster.gateway.shell.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** What clients of SimpleTuner ask for under their own paths (S4-02). */
@Path("/api/cloud/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class CloudJobResource {
  private final InlineProgress progress;

  CloudJobResource(InlineProgress progress) {
    this.progress = progress;
  }

  /** How far the running command is; polled every few seconds. */
  @GET
  @Path("{id}/inline-progress")
  public String inlineProgress(@PathParam("id") String id, @Context UriInfo uri) {
    return progress.of(id, uri);
  }
}
