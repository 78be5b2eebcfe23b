package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Deletes jobs in the two senses that the word has. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class JobDeletionResource {
  private final Requests requests;
  private final Caller caller;
  private final ControlResource control;
  private final ResultDeletions deletions;

  JobDeletionResource(
      Requests requests, Caller caller, ControlResource control, ResultDeletions deletions) {
    this.requests = requests;
    this.caller = caller;
    this.control = control;
    this.deletions = deletions;
  }

  /** Cancels a job that goes on; of one that has ended it deletes the results. */
  @DELETE
  @Path("{id}")
  public Response delete(
      @PathParam("id") String id, @Context UriInfo uri, @Context RoutingContext context) {
    Query.of(uri);
    JobRepository.Found job = requests.job(id);
    if (!job.facts().state().isTerminal()) {
      return control.cancelled(id, null, context);
    }
    deletions.delete(caller.tenant(), job.stored().id(), HttpEdge.traceparent(context));
    return Response.noContent().build();
  }
}
