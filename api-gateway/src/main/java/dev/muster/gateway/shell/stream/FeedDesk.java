package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.http.Cursors;
import dev.muster.gateway.shell.http.StreamQuery;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns requests for streams of many jobs into streams. */
@Singleton
public class FeedDesk {
  private final Caller caller;
  private final StreamReads reads;
  private final StreamDesk desk;
  private final Cursors cursors;

  FeedDesk(Caller caller, StreamReads reads, StreamDesk desk, Cursors cursors) {
    this.caller = caller;
    this.reads = reads;
    this.desk = desk;
    this.cursors = cursors;
  }

  /** Serves the caller to the stream's end; what is null is not asked for. */
  void serve(
      RoutingContext context,
      StreamQuery.Feed asked,
      @Nullable Set<JobId> ids,
      @Nullable String project) {
    String tenant = caller.tenant();
    FeedPosition after = FeedCursor.read(cursors, tenant, asked.after());
    FeedFilter filter =
        new FeedFilter(tenant, ids, project, asked.tag(), asked.tasks(), asked.output());
    desk.feed(
        visitor(caller, context),
        filter.output(),
        new FeedTeller(filter, after, reads, cursors),
        sse(context));
  }

  static StreamDesk.Visitor visitor(Caller caller, RoutingContext context) {
    return new StreamDesk.Visitor(
        caller.principal(), context.request().remoteAddress(), context.request().headers());
  }

  static Function<Bell, Sink> sse(RoutingContext context) {
    return bell -> new SseSink(context.response(), context.request().connection(), bell);
  }
}
