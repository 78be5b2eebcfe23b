package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.Json;
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

  private final Session session;
  private final String jobPath;
  private final @Nullable Integer onlyTask;
  private final boolean prefixed;
  private final Map<Integer, TaskOutput> tasks = new TreeMap<>();

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
    this.prefixed = onlyTask == null && many;
  }

  /** Everything that was kept so far, in one document. */
  Json kept() {
    String query =
        jobPath + "/output?limit=" + PAGE + (onlyTask == null ? "" : "&task=" + onlyTask);
    return Pages.all(session.api(), query, "tasks");
  }

  /** Prints what was kept and not printed yet. */
  void catchUp() {
    for (Json task : kept().list("tasks")) {
      int index = (int) task.integer("index");
      print(
          task,
          of(index)
              .kept(task.integer("attempt"), task.text("output"), task.integer("output_bytes")));
    }
  }

  /** Prints a piece of output that the stream brought. */
  void live(Json piece) {
    int index = (int) piece.integer("index");
    if (onlyTask != null && onlyTask != index) {
      return;
    }
    long offset = piece.at("offset").isNull() ? -1 : piece.integer("offset");
    print(piece, of(index).live(piece.integer("attempt"), offset, piece.text("text")));
  }

  /** The job has ended: prints what the stream left out, and lines without an end. */
  void end() {
    catchUp();
    tasks.values().forEach(task -> write(task.rest()));
    session.terminal().flush();
  }

  private TaskOutput of(int index) {
    return tasks.computeIfAbsent(index, i -> new TaskOutput(prefixed ? "[" + i + "] " : ""));
  }

  private void print(Json piece, String text) {
    if (session.format() == OutputFormat.TABLE) {
      write(text);
    } else if (!text.isEmpty()) {
      session.terminal().out().println(piece);
    }
    session.terminal().out().flush();
  }

  private void write(String text) {
    if (session.format() == OutputFormat.TABLE) {
      session.terminal().out().print(text);
    }
  }
}
