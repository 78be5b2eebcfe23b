package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists jobs, newest first. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ListResource {
  private final Caller caller;
  private final JobRepository jobs;
  private final Cursors cursors;

  ListResource(Caller caller, JobRepository jobs, Cursors cursors) {
    this.caller = caller;
    this.jobs = jobs;
    this.cursors = cursors;
  }

  /** A page, as every list answers. */
  record Page(List<?> data, @Nullable String nextCursor, boolean hasMore) {
    /**
     * The page of what was found.
     *
     * @param found one more than the page holds, if there is more
     * @param next the cursor behind an element
     */
    static <T> Page of(List<T> found, int limit, Function<T, String> next) {
      boolean more = found.size() > limit;
      List<T> page = more ? found.subList(0, limit) : found;
      return new Page(page, more ? next.apply(page.getLast()) : null, more);
    }
  }

  /** Pages are keysets: a job that comes while a client pages is neither doubled nor skipped. */
  @GET
  public String list(@Context UriInfo uri) {
    Query query =
        Query.of(
            uri, "status", "tag", "created_after", "created_before", "days", "limit", "cursor");
    int limit = query.integer("limit", 1, 200, 50);
    List<String> words = Statuses.words(query);
    List<String> states = Statuses.jobStates(query, words);
    Integer days = query.integer("days", 1, 3_650);
    Instant after = query.instant("created_after");
    Instant before = query.instant("created_before");
    String tag = query.text("tag");
    String cursor = query.text("cursor");
    query.check();
    if (after == null && days != null) {
      after = Instant.now().minus(Duration.ofDays(days));
    }
    String list = "jobs?" + query.canonical();
    String position = cursors.read(caller.tenant(), list, cursor);
    int space = position == null ? 0 : position.indexOf(' ');
    List<JobRepository.Found> found =
        jobs.list(
            caller.tenant(),
            new JobRepository.Filter(
                states,
                words,
                tag,
                after,
                before,
                position == null ? null : Instant.parse(position.substring(0, space)),
                position == null ? null : position.substring(space + 1),
                limit + 1));
    boolean more = found.size() > limit;
    List<JobRepository.Found> page = more ? found.subList(0, limit) : found;
    return ApiJson.text(
        new Page(
            page.stream().map(job -> JobView.of(job.stored(), job.facts())).toList(),
            more ? next(list, page.getLast()) : null,
            more));
  }

  private String next(String list, JobRepository.Found last) {
    return cursors.write(
        caller.tenant(), list, last.stored().createdAt() + " " + last.stored().id().value());
  }
}
