package dev.muster.gateway.shell.http;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobEventView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The numbered events of a job, oldest first. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class JobEventsResource {
  private final Requests requests;
  private final Caller caller;
  private final JobRepository jobs;
  private final Cursors cursors;

  JobEventsResource(Requests requests, Caller caller, JobRepository jobs, Cursors cursors) {
    this.requests = requests;
    this.caller = caller;
    this.jobs = jobs;
    this.cursors = cursors;
  }

  /** A page of events; they are numbered without a gap, so a page never changes. */
  @GET
  @Path("{id}/events")
  public String events(@PathParam("id") String id, @Context UriInfo uri) {
    Query query = Query.of(uri, "limit", "cursor");
    int limit = query.integer("limit", 1, 500, 100);
    String cursor = query.text("cursor");
    query.check();
    JobRepository.Found job = requests.job(id);
    String list = "events of " + job.stored().id().value();
    @Nullable String position = cursors.read(caller.tenant(), list, cursor);
    long after = position == null ? 0 : Long.parseLong(position);
    List<JobEvent> found = jobs.events(job.stored().id(), after, limit + 1);
    boolean more = found.size() > limit;
    List<JobEvent> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new ListResource.Page(
            page.stream().map(JobEventView::of).toList(),
            more ? cursors.write(caller.tenant(), list, Long.toString(page.getLast().seq())) : null,
            more));
  }
}
