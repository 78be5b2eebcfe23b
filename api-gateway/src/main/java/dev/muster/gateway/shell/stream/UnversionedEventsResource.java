package dev.muster.gateway.shell.stream;

import dev.muster.gateway.shell.http.StreamQuery;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;

/** The same stream where clients of other platforms look for it. */
@Path("/api/events")
@RunOnVirtualThread
public class UnversionedEventsResource extends EventsResource {
  UnversionedEventsResource(StreamQuery query, FeedDesk feeds) {
    super(query, feeds);
  }
}
