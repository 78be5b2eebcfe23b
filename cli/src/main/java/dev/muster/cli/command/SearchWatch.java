package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.SearchView;
import dev.muster.cli.view.SseParser.SseEvent;
import java.util.List;

/**
 * Follows the demo's search. The stream tells when something changes; what is shown then comes from
 * the list of tasks, at most five times a second.
 */
final class SearchWatch extends JobWatch {
  private static final long REDRAW_NANOS = 200_000_000;

  private final Session session;
  private final String jobId;
  private final String tasksPath;
  private final SearchView view = new SearchView();
  private long drawnAt = System.nanoTime() - REDRAW_NANOS;
  private int drawnLines;
  private int toldSteps = -1;

  SearchWatch(Session session, String jobId) {
    super(session, jobId, null, null);
    this.session = session;
    this.jobId = jobId;
    this.tasksPath = "/jobs/" + Api.encoded(jobId) + "/tasks?limit=200";
  }

  @Override
  void seen(Json job) {
    super.seen(job);
    draw(!job.text("ended_at").isEmpty());
  }

  @Override
  void other(SseEvent event) {
    draw(false);
  }

  /** The stack may go down with the demo; the job is kept there. */
  @Override
  String detached() {
    return "The search goes on whenever the stack is up. Come back with: muster watch " + jobId;
  }

  private void draw(boolean always) {
    if (!always && System.nanoTime() - drawnAt < REDRAW_NANOS) {
      return;
    }
    view.tasks(session.api().get(tasksPath).list("data"));
    drawnAt = System.nanoTime();
    if (session.terminal().outIsTerminal()) {
      redraw(view.lines());
    } else {
      tellEachStep();
    }
  }

  private void redraw(List<String> lines) {
    var out = new StringBuilder();
    if (drawnLines > 0) {
      out.append("\u001b[").append(drawnLines).append('A');
    }
    lines.forEach(line -> out.append('\r').append(line).append("\u001b[K\n"));
    out.append("\u001b[J"); // Lines of workers that are idle by now.
    drawnLines = lines.size();
    session.terminal().out().print(out);
    session.terminal().out().flush();
  }

  /** Without a terminal: a line at the start and for each eighth of the way. */
  private void tellEachStep() {
    long total = Math.max(1, lastSeen().at("counts").integer("total"));
    int step = (int) (view.succeeded() * 8L / total);
    if (step > toldSteps) {
      toldSteps = step;
      String workers = view.workers();
      session
          .terminal()
          .out()
          .println(view.oneLine() + (workers.isEmpty() ? "" : "; running on " + workers));
      session.terminal().out().flush();
    }
  }
}
