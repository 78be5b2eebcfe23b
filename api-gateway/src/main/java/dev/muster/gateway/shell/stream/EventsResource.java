package dev.muster.gateway.shell.stream;

import dev.muster.gateway.shell.http.StreamQuery;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.SseEventSink;
import org.jspecify.annotations.Nullable;

/** The changes of all jobs of a tenant. */
@Path("/api/v1/events")
@RunOnVirtualThread
public class EventsResource {
  private final StreamQuery query;
  private final FeedDesk feeds;

  EventsResource(StreamQuery query, FeedDesk feeds) {
    this.query = query;
    this.feeds = feeds;
  }

  /** Tells the changes from now, or from an event on, for as long as the reader stays. */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void stream(
      @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
      @Context UriInfo uri,
      @Context RoutingContext context,
      @Context SseEventSink sink) {
    feeds.serve(context, query.feed(uri, lastEventId, false), null, null);
    sink.close();
  }
}
