package dev.muster.gateway.shell.http;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Row;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What operators of a tenant may ask for all of its jobs, a page at a time: each page is one
 * transaction that passes the wish on, job by job. Both wishes may be repeated without harm.
 */
@Path("/api/v1/admin")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class AdminResource {
  private static final int JOBS_MAX = 1_000;

  private final Caller caller;
  private final Cursors cursors;
  private final Database database;
  private final DatabaseWatch watch;
  private final OutboxRelay relay;

  AdminResource(
      Caller caller, Cursors cursors, Database database, DatabaseWatch watch, OutboxRelay relay) {
    this.caller = caller;
    this.cursors = cursors;
    this.database = database;
    this.watch = watch;
    this.relay = relay;
  }

  /**
   * A page of jobs for which something was asked.
   *
   * @param requested how many
   * @param nextCursor where the next page begins, or null when this was the last
   */
  record Page(int requested, @Nullable String nextCursor) {}

  /** All events of the tenant's jobs are sent again, with the same ids. */
  @POST
  @Path("replay")
  public Response replay(@Context UriInfo uri, @Context RoutingContext context) {
    return request("replay", uri, context, SubmissionEvent.JobReplayRequested::new);
  }

  /** What is derived from the tasks of the tenant's ended jobs is computed anew. */
  @POST
  @Path("rebuild")
  public Response rebuild(@Context UriInfo uri, @Context RoutingContext context) {
    return request("rebuild", uri, context, SubmissionEvent.JobRebuildRequested::new);
  }

  private Response request(
      String what, UriInfo uri, RoutingContext context, Function<JobId, SubmissionEvent> wish) {
    caller.require(Scope.ADMIN);
    Query query = Query.of(uri, "cursor");
    String cursor = query.text("cursor");
    query.check();
    String list = "admin/" + what;
    String tenant = caller.tenant();
    String after = cursors.read(tenant, list, cursor);
    String trace = HttpEdge.traceparent(context);
    List<JobId> jobs =
        watch.call(() ->
            database.transaction(tx -> pass(tx, tenant, after == null ? "" : after, trace, wish)));
    relay.wake();
    String next =
        jobs.size() < JOBS_MAX ? null : cursors.write(tenant, list, jobs.getLast().value());
    return Response.accepted(ApiJson.text(new Page(jobs.size(), next))).build();
  }

  private static List<JobId> pass(
      Tx tx, String tenant, String after, String trace, Function<JobId, SubmissionEvent> wish) {
    Instant now = tx.now();
    List<JobId> jobs = new ArrayList<>();
    List<OutboxRow> rows = new ArrayList<>();
    for (Row row :
        tx.query(
            "SELECT job_id FROM gateway.submission WHERE tenant = $1 AND job_id > $2"
                + " ORDER BY job_id LIMIT $3",
            tenant,
            after,
            JOBS_MAX)) {
      JobId job = new JobId(row.getString("job_id"));
      jobs.add(job);
      rows.add(OutboxRow.of(Topic.SUBMISSIONS, job, trace, now, List.of(wish.apply(job))));
    }
    tx.send(rows);
    return jobs;
  }
}
