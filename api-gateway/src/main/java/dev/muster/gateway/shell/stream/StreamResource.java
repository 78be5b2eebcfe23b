package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.http.StreamQuery;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.store.JobRepository;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The event streams of one job and of some jobs. The framework's sink is only used to end the
 * answer: it would copy every event for every reader, and does not say what waits in it.
 */
@Path("/api/v1/jobs")
@RunOnVirtualThread
public class StreamResource {
  private final Caller caller;
  private final StreamQuery query;
  private final StreamReads reads;
  private final StreamDesk desk;
  private final FeedDesk feeds;

  StreamResource(
      Caller caller, StreamQuery query, StreamReads reads, StreamDesk desk, FeedDesk feeds) {
    this.caller = caller;
    this.query = query;
    this.reads = reads;
    this.desk = desk;
    this.feeds = feeds;
  }

  /** Tells everything that happens to a job from now, or from an event on, until its end. */
  @GET
  @Path("{id}/stream")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void job(
      @PathParam("id") String id,
      @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
      @Context UriInfo uri,
      @Context RoutingContext context,
      @Context SseEventSink sink) {
    long after = query.after(uri, lastEventId);
    String tenant = caller.tenant();
    JobId job = StreamQuery.jobId(id);
    JobRepository.Found found = reads.find(tenant, job).orElseThrow(ProblemException::notFound);
    StreamQuery.checkNumber(after, found.facts().version());
    desk.job(
        FeedDesk.visitor(caller, context),
        job.value(),
        new JobTeller(tenant, job, after, reads),
        FeedDesk.sse(context));
    sink.close();
  }

  /** Tells the changes of some jobs until all of them have ended. */
  @GET
  @Path("watch")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void watch(
      @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
      @Context UriInfo uri,
      @Context RoutingContext context,
      @Context SseEventSink sink) {
    StreamQuery.Feed asked = query.feed(uri, lastEventId, true);
    List<JobId> ids = asked.ids();
    Set<JobId> known =
        reads.moment(caller.tenant(), ids).map(moment -> moment.jobs().keySet()).orElse(Set.of());
    StreamQuery.requireAll(ids, known);
    feeds.serve(context, asked, new LinkedHashSet<>(ids), null);
    sink.close();
  }
}
