package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.RankingView;
import dev.muster.cli.view.Table;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster results JOB}. */
@CommandLine.Command(
    name = "muster results",
    description = "Prints the results of a job's tasks in their order, also before its end.",
    footerHeading = "%nExample:%n",
    footer = "  muster results job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --all -o json > results.json")
public final class ResultsCommand implements Command {
  private static final int RESULT_WIDTH = 72;

  @Mixin private final JobArgument job = new JobArgument();

  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page = pages.read(session, "/results/" + Api.encoded(job.id()), "", 1_000, "task_results");
    session.print(page, () -> table(session, page));
    Json completeness = page.at("completeness");
    session.hint(
        page.text("status")
            + ": "
            + completeness.integer("succeeded")
            + " of "
            + completeness.integer("total")
            + " tasks succeeded");
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  static String table(Session session, Json page) {
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
    return table.render()
        + RankingView.of(page.at("aggregate_result"), session.terminal().colour());
  }
}
