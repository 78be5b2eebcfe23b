package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.view.ResultsView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** Shows what the tasks of a job came to. */
@Path("/api/v1/results")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ResultResource {
  private final Requests requests;
  private final Caller caller;
  private final TaskRepository tasks;
  private final Cursors cursors;
  private final ResultDeletions deletions;

  ResultResource(
      Requests requests,
      Caller caller,
      TaskRepository tasks,
      Cursors cursors,
      ResultDeletions deletions) {
    this.deletions = deletions;
    this.requests = requests;
    this.caller = caller;
    this.tasks = tasks;
    this.cursors = cursors;
  }

  /** The results in order of their task; works before the end too. */
  @GET
  @Path("{id}")
  public Response results(
      @PathParam("id") String id, @Context HttpHeaders headers, @Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 1_000);
    query.check();
    JobRepository.Found job = requests.job(id);
    deletions.requireKept(job);
    JobId jobId = job.stored().id();
    String list = "results/" + jobId;
    List<ResultsView.TaskResult> found =
        tasks.results(
            jobId,
            job.stored().spec(),
            cursors.readIndex(caller.tenant(), list, query.text("cursor")),
            limit + 1);
    boolean more = found.size() > limit;
    List<ResultsView.TaskResult> page = more ? found.subList(0, limit) : found;
    return Response.ok(
            ApiJson.text(
                ResultsView.of(
                    job.stored(),
                    job.facts(),
                    page,
                    more
                        ? cursors.writeIndex(caller.tenant(), list, page.getLast().index() + 1)
                        : null)))
        .header(HttpHeaders.ETAG, JobResource.etag(job.facts().version()))
        .build();
  }
}
