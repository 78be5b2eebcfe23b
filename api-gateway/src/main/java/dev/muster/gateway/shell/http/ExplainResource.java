package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.ExplanationRepository;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.ExplainView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** Says why a job waits. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ExplainResource {
  private final Requests requests;
  private final ExplanationRepository explanations;

  ExplainResource(Requests requests, ExplanationRepository explanations) {
    this.requests = requests;
    this.explanations = explanations;
  }

  /** Why the job is where it is, from facts of the last five seconds. */
  @GET
  @Path("{id}/explain")
  public String explain(@PathParam("id") String id, @Context UriInfo uri) {
    Query.of(uri);
    JobRepository.Found job = requests.job(id);
    ExplanationRepository.Found found = explanations.find(job.stored().id());
    return ApiJson.text(ExplainView.of(job.stored(), job.facts(), found.said(), found.now()));
  }
}
