package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster tasks JOB}. */
@CommandLine.Command(
    name = "muster tasks",
    description = "Lists a job's tasks: state, attempt, worker, run time, progress or error.",
    footerHeading = "%nExample:%n",
    footer = "  muster tasks job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --status failed")
public final class TasksCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = "--status",
      paramLabel = "WORD",
      description =
          "Only pending, leased, running, retry_wait, succeeded, failed or cancelled tasks.")
  private @Nullable String status;

  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page =
        pages.read(
            session, job.path() + "/tasks", PageOptions.filter("status", status), 100, "data");
    session.print(page, () -> table(session, page));
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(
            session.terminal().colour(), "task", "status", "attempt", "worker", "run_s", "says");
    for (Json task : page.list("data")) {
      table.row(
          task.text("index"),
          task.text("status"),
          task.text("attempt"),
          task.text("worker"),
          task.text("run_s"),
          Table.cut(says(task), 60));
    }
    return table.render();
  }

  /** What went wrong, else the latest progress. */
  private static String says(Json task) {
    String error = JobText.error(task);
    if (!error.isEmpty()) {
      return error;
    }
    Json progress = task.at("latest_progress");
    return progress.isNull() ? "" : progress.toString();
  }
}
