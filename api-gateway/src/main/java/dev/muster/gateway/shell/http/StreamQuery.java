package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.store.JobRepository;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.UriInfo;
import org.jspecify.annotations.Nullable;

/** What a request for an event stream says. */
@Singleton
public class StreamQuery {
  private final Requests requests;

  StreamQuery(Requests requests) {
    this.requests = requests;
  }

  /** The number of the last event the reader saw, or -1 when it has seen none. */
  public long after(UriInfo uri, @Nullable String lastEventId) {
    Query query = Query.of(uri, "after");
    String after = query.text("after");
    long number = query.unsigned("after", lastEventId == null ? after : lastEventId);
    query.check();
    return number;
  }

  /** The job of the path, if it is the caller's. */
  public JobRepository.Found job(String id) {
    return requests.job(id);
  }
}
