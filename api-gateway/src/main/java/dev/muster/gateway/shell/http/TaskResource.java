package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobSpec;
import dev.muster.gateway.shell.auth.Caller;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.retention.ResultDeletions;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.shell.store.TaskViews;
import dev.muster.gateway.submission.Limits;
import dev.muster.gateway.view.Alias;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.OutputView;
import dev.muster.gateway.view.TaskView;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.sqlclient.Row;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows the tasks of a job and what they wrote. */
@Path("/api/v1/jobs")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class TaskResource {
  private static final int INDEX_MAX = 1_000_000;

  private final Requests requests;
  private final Caller caller;
  private final TaskRepository tasks;
  private final Cursors cursors;
  private final Secrets secrets;
  private final InlineProgress progress;
  private final ResultDeletions deletions;

  TaskResource(
      Requests requests,
      Caller caller,
      TaskRepository tasks,
      Cursors cursors,
      Secrets secrets,
      InlineProgress progress,
      ResultDeletions deletions) {
    this.deletions = deletions;
    this.requests = requests;
    this.caller = caller;
    this.tasks = tasks;
    this.cursors = cursors;
    this.secrets = secrets;
    this.progress = progress;
  }

  /** The tasks in order of their index. */
  @GET
  @Path("{id}/tasks")
  public String tasks(@PathParam("id") String id, @Context UriInfo uri) {
    Query query = Query.of(uri, "status", "first", "limit", "cursor");
    int limit = query.integer("limit", 1, 1_000, 100);
    int first = query.integer("first", 0, Limits.TASKS_MAX, 0);
    List<String> states = Statuses.taskStates(query);
    query.check();
    JobRepository.Found job = requests.job(id);
    JobId jobId = job.stored().id();
    JobSpec spec = job.stored().spec();
    String list = "tasks/" + jobId + "?" + query.canonical();
    String absent = TaskViews.absent(job.facts().state());
    IndexRanges leftOut = spec.skipped() == null ? IndexRanges.EMPTY : spec.skipped();
    List<Row> rows = new ArrayList<>();
    tasks
        .tasks(
            jobId,
            spec.taskCount(),
            absent,
            leftOut,
            states,
            Math.max(first, from(query, list)),
            limit + 1)
        .forEach(rows::add);
    boolean more = rows.size() > limit;
    List<Row> page = more ? rows.subList(0, limit) : rows;
    Map<Integer, JsonText> payloads =
        tasks.payloads(jobId, spec, page.stream().map(row -> row.getInteger("index")).toList());
    Alias alias = alias();
    List<TaskView> views =
        page.stream()
            .map(row -> {
              String without =
                  leftOut.contains(row.getInteger("index")) ? TaskRepository.LEFT_OUT : absent;
              return TaskViews.task(jobId, row, without, payloads, alias);
            })
            .toList();
    return ApiJson.text(
        new ListResource.Page(views, more ? next(list, views.getLast().index()) : null, more));
  }

  /** How far the running command is, from the end of its log, in less than a kilobyte. */
  @GET
  @Path("{id}/inline-progress")
  public String inlineProgress(@PathParam("id") String id, @Context UriInfo uri) {
    return progress.of(id, uri);
  }

  /** What the commands wrote, as JSON. */
  @GET
  @Path("{id}/output")
  public String output(@PathParam("id") String id, @Context UriInfo uri) {
    return ApiJson.text(outputs(id, uri));
  }

  /** What the commands wrote, as plain text. */
  @GET
  @Path("{id}/output")
  @Produces(MediaType.TEXT_PLAIN)
  public Response outputText(@PathParam("id") String id, @Context UriInfo uri) {
    OutputView view = outputs(id, uri);
    Response.ResponseBuilder answer = Response.ok(view.output());
    if (view.nextCursor() != null) {
      answer.header("X-Next-Cursor", view.nextCursor());
    }
    return answer.build();
  }

  private OutputView outputs(String id, UriInfo uri) {
    Query query = Query.of(uri, "task", "limit", "cursor");
    Integer task = query.integer("task", 0, INDEX_MAX);
    int limit = query.integer("limit", 1, 100, 20);
    query.check();
    JobRepository.Found job = requests.job(id);
    deletions.requireKept(job);
    JobId jobId = job.stored().id();
    String list = "output/" + jobId + "?" + query.canonical();
    List<Row> rows = new ArrayList<>();
    tasks.outputs(jobId, task, from(query, list), limit + 1).forEach(rows::add);
    boolean more = rows.size() > limit;
    Alias alias = alias();
    List<OutputView.TaskOutput> page = new ArrayList<>();
    for (Row row : more ? rows.subList(0, limit) : rows) {
      OutputView.TaskOutput output = TaskViews.output(row, alias);
      if (output != null) {
        page.add(output);
      }
    }
    return new OutputView(
        jobId.external(),
        page.stream().map(OutputView.TaskOutput::output).collect(Collectors.joining()),
        page,
        more ? next(list, rows.get(limit - 1).getInteger("index")) : null,
        more);
  }

  private Alias alias() {
    return new Alias(secrets::mac, caller.tenant());
  }

  private int from(Query query, String list) {
    return cursors.readIndex(caller.tenant(), list, query.text("cursor"));
  }

  private String next(String list, int lastIndex) {
    return cursors.writeIndex(caller.tenant(), list, lastIndex + 1);
  }
}
