package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.http.StreamQuery;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.Alias;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import org.jspecify.annotations.Nullable;

/** The event stream of a job. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
public class StreamResource {
  private final Caller caller;
  private final StreamQuery query;
  private final JobRepository jobs;
  private final JobUpdates updates;
  private final GatewayConfig config;
  private final Secrets secrets;

  StreamResource(
      Caller caller,
      StreamQuery query,
      JobRepository jobs,
      JobUpdates updates,
      GatewayConfig config,
      Secrets secrets) {
    this.caller = caller;
    this.query = query;
    this.jobs = jobs;
    this.updates = updates;
    this.config = config;
    this.secrets = secrets;
  }

  /** Tells everything that happens to the job from now, or from an event on, until its end. */
  @GET
  @Path("{id}/stream")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void stream(
      @PathParam("id") String id,
      @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
      @Context UriInfo uri,
      @Context Sse sse,
      @Context SseEventSink sink) {
    long after = query.after(uri, lastEventId);
    String tenant = caller.tenant();
    JobId job = query.job(id).stored().id();
    Subscription subscription = updates.open(tenant, job);
    if (subscription == null) {
      throw new ProblemException(
          ProblemKind.TOO_MANY_STREAMS, "Expected fewer open streams; close one, then try again");
    }
    try (sink) {
      Alias alias = new Alias(secrets::mac, tenant);
      new JobStream(tenant, job, after, jobs, alias, subscription, updates, config, sse, sink)
          .run();
    } finally {
      updates.close(job, subscription);
    }
  }
}
