package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster results JOB}. */
@CommandLine.Command(
    name = "muster results",
    description = "Prints the results of a job's tasks in their order, also before its end.",
    footerHeading = "%nExample:%n",
    footer = "  muster results job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --all -o json > results.json")
public final class ResultsCommand implements Command {
  private static final int RESULT_WIDTH = 72;

  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Results on a page (default 1000).")
  private int limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "The page to show.")
  private @Nullable String cursor;

  @Option(names = "--all", description = "All pages.")
  private boolean all;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String path =
        "/results/"
            + Api.encoded(job.id())
            + "?limit="
            + limit
            + (cursor == null ? "" : "&cursor=" + Api.encoded(cursor));
    Json page = all ? Pages.all(session.api(), path, "task_results") : session.api().get(path);
    session.print(page, () -> table(session, page));
    Json completeness = page.at("completeness");
    session.hint(
        page.text("status")
            + ": "
            + completeness.integer("succeeded")
            + " of "
            + completeness.integer("total")
            + " tasks succeeded");
    if (!page.text("next_cursor").isEmpty()) {
      session.hint("More: the same with --cursor " + page.text("next_cursor") + ", or --all");
    }
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(session.terminal().colour(), "task", "status", "attempts", "run_s", "result");
    for (Json task : page.list("task_results")) {
      Json result = task.at("result");
      String shown = result.isNull() ? JobText.error(task) : result.toString();
      table.row(
          task.text("index"),
          task.text("status"),
          task.text("attempts"),
          task.text("run_s"),
          Table.cut(shown, RESULT_WIDTH));
    }
    return table.render();
  }
}
