package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster explain JOB}. */
@CommandLine.Command(
    name = "muster explain",
    description = "Says why a job waits, from facts of the last five seconds.",
    footerHeading = "%nExample:%n",
    footer = "  muster explain job_01JD2T5V8W3Y6Z9B0C4E7G1H2K")
public final class ExplainCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().get(job.path() + "/explain");
    session.print(view, () -> text(view));
    return ExitCode.OK;
  }

  private static String text(Json view) {
    var out = new StringBuilder();
    out.append(view.text("status")).append(", ").append(view.text("reason"));
    out.append(": ").append(Table.plain(view.text("detail"))).append('\n');
    out.append(view.integer("waiting")).append(" tasks wait in the pool ");
    out.append(Table.plain(view.text("pool"))).append(", ");
    out.append(view.integer("running")).append(" are under way");
    if (!view.at("jobs_ahead").isNull()) {
      out.append(", ").append(view.integer("jobs_ahead")).append(" jobs come first");
    }
    return out.append('\n').toString();
  }
}
