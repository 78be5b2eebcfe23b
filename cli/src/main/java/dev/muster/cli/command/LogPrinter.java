package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.OutputFormat;
import dev.muster.cli.view.TaskOutput;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Prints the output of a job's tasks as data: what was kept, then what the stream brings, each byte
 * once. With several tasks each line begins with its task's index.
 */
final class LogPrinter {
  private static final int PAGE = 100;

  /** Least time between two looks for what the stream has left out. */
  private static final long LOOK_NANOS = 250_000_000;

  private final Session session;
  private final String jobPath;
  private final @Nullable Integer onlyTask;
  private final boolean prefixed;
  private final Map<Integer, TaskOutput> tasks = new TreeMap<>();
  private long lookedAt = System.nanoTime() - LOOK_NANOS;

  /**
   * @param jobPath the job's path below the API
   * @param job the API's view of it
   * @param onlyTask the index of the only task to show, null for all
   */
  LogPrinter(Session session, String jobPath, Json job, @Nullable Integer onlyTask) {
    this.session = session;
    this.jobPath = jobPath;
    this.onlyTask = onlyTask;
    boolean many = job.at("counts").integer("total") > 1 || !job.at("fan_out").isNull();
    this.prefixed = onlyTask == null && many && session.format() == OutputFormat.TABLE;
  }

  /** Everything that was kept so far, in one document. */
  Json kept() {
    return kept(onlyTask);
  }

  /** Prints what was kept and not printed yet. */
  void catchUp() {
    catchUp(onlyTask);
  }

  /** Prints a piece of output that the stream brought. */
  void live(Json piece) {
    int index = (int) piece.integer("index");
    if (onlyTask != null && onlyTask != index) {
      return;
    }
    long attempt = piece.integer("attempt");
    TaskOutput task = of(index);
    print(
        index,
        attempt,
        task.live(attempt, number(piece, "offset"), number(piece, "bytes"), piece.text("text")));
    if (task.isWaiting() && System.nanoTime() - lookedAt >= LOOK_NANOS) {
      lookedAt = System.nanoTime();
      catchUp(index);
    }
  }

  /** The job has ended: prints what the stream left out, and lines without an end. */
  void end() {
    catchUp();
    tasks.forEach((index, task) -> print(index, task.attempt(), task.rest()));
    session.terminal().flush();
  }

  private Json kept(@Nullable Integer task) {
    String query = jobPath + "/output?limit=" + PAGE + (task == null ? "" : "&task=" + task);
    return Pages.all(session.api(), query, "tasks");
  }

  private void catchUp(@Nullable Integer task) {
    for (Json output : kept(task).list("tasks")) {
      int index = (int) output.integer("index");
      long attempt = output.integer("attempt");
      print(
          index,
          attempt,
          of(index).kept(attempt, output.text("output"), output.integer("output_bytes")));
    }
  }

  private TaskOutput of(int index) {
    return tasks.computeIfAbsent(index, i -> new TaskOutput(prefixed ? "[" + i + "] " : ""));
  }

  /** As text, or in JSON and YAML as a document a line, which either can read. */
  private void print(int index, long attempt, String text) {
    var out = session.terminal().out();
    if (session.format() == OutputFormat.TABLE) {
      out.print(text);
    } else if (!text.isEmpty()) {
      out.print(
          (session.format() == OutputFormat.YAML ? "--- " : "")
              + "{\"index\": "
              + index
              + ", \"attempt\": "
              + attempt
              + ", \"text\": "
              + JsonText.quote(text)
              + "}\n");
    }
    out.flush();
  }

  private static long number(Json piece, String field) {
    return piece.at(field).isNull() ? -1 : piece.integer(field);
  }
}
