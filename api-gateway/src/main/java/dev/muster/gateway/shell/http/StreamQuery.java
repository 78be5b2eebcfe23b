package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request for an event stream says. */
@Singleton
public class StreamQuery {
  private static final int IDS_MAX = 200;
  private static final Set<String> INCLUDED = Set.of("tasks", "output");

  /**
   * What a stream of many jobs is asked for.
   *
   * @param after the cursor of the last event the reader saw, or null when it has seen none
   * @param ids the jobs to watch; empty where all are told
   * @param tag only jobs with this tag
   * @param tasks whether changes of tasks are told
   * @param output whether output and progress are told
   */
  public record Feed(
      @Nullable String after,
      List<JobId> ids,
      @Nullable String tag,
      boolean tasks,
      boolean output) {}

  /** The number of the last event the reader saw, or -1 when it has seen none. */
  public long after(UriInfo uri, @Nullable String lastEventId) {
    Query query = Query.of(uri, "after", "ticket");
    String after = query.text("after");
    long number = query.unsigned("after", lastEventId == null ? after : lastEventId);
    query.check();
    return number;
  }

  /** Refuses the number of an event that never was. */
  public static void checkNumber(long after, long version) {
    if (after > version) {
      throw new ProblemException(
          ProblemKind.VALIDATION,
          "1 query parameter(s) are wrong",
          List.of(
              new FieldError("?after", "range", "Expected the number of an event of this job")));
    }
  }

  /**
   * What a stream of many jobs is asked for.
   *
   * @param watch whether ids are asked for
   */
  public Feed feed(UriInfo uri, @Nullable String lastEventId, boolean watch) {
    Query query =
        watch
            ? Query.of(uri, "after", "ticket", "include", "ids")
            : Query.of(uri, "after", "ticket", "include", "tag");
    String after = query.text("after");
    String tag = query.text("tag");
    List<String> include = query.texts("include");
    if (!INCLUDED.containsAll(include)) {
      query.error("include", "unknown", "Expected tasks, output, or both");
    }
    List<JobId> ids = watch ? ids(query) : List.of();
    query.check();
    return new Feed(
        lastEventId == null ? after : lastEventId,
        ids,
        tag,
        include.isEmpty() || include.contains("tasks"),
        include.contains("output"));
  }

  private static List<JobId> ids(Query query) {
    Set<JobId> ids = new LinkedHashSet<>();
    List<String> texts = query.texts("ids");
    if (texts.isEmpty() || texts.size() > IDS_MAX) {
      query.error("ids", "count", "Expected 1 to " + IDS_MAX + " job ids");
      return List.of();
    }
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        ids.add(JobId.parse(texts.get(i)));
      } catch (IllegalArgumentException e) {
        unknown.add(i); // no id: as unknown as one of nobody's
      }
    }
    requireNone(unknown);
    return List.copyOf(ids);
  }

  /** Names every id that is no job of the tenant. */
  public static void requireAll(List<JobId> ids, Set<JobId> known) {
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      if (!known.contains(ids.get(i))) {
        unknown.add(i);
      }
    }
    requireNone(unknown);
  }

  private static void requireNone(List<Integer> unknown) {
    if (!unknown.isEmpty()) {
      throw new ProblemException(
          ProblemKind.NOT_FOUND,
          "Expected known jobs, but " + unknown.size() + " are not",
          unknown.stream()
              .map(i ->
                  new FieldError(
                      "?ids[" + i + "]", "not-found", "Expected a known job, but there is none"))
              .toList());
    }
  }

  /** The job of the path; whether it is the caller's is not known yet. */
  public static JobId jobId(String id) {
    return Requests.jobId(id);
  }
}
