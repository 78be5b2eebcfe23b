package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Download;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster artifacts JOB}. */
@CommandLine.Command(
    name = "muster artifacts",
    description = {
      "Lists the files that a job's tasks left, or brings them into a folder.",
      "There they are under TASK/NAME, checked against their SHA-256; those that are"
          + " there already are not fetched again."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster artifacts job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --download out")
public final class ArtifactsCommand implements Command {
  private static final int PAGE = 200;
  private static final int NAME_WIDTH = 60;

  @Mixin private final JobArgument job = new JobArgument();

  @Option(names = "--download", paramLabel = "DIR", description = "Where the files go.")
  private @Nullable String folder;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json all =
        Pages.all(
            session.api(), "/artifacts?job=" + Api.encoded(job.id()) + "&limit=" + PAGE, "data");
    if (folder != null) {
      int fetched = Download.artifacts(session, all.list("data"), folder);
      session.hint(
          fetched + " of " + all.list("data").size() + " file(s) fetched, all are in " + folder);
    }
    session.print(all, () -> table(session, all));
    return ExitCode.OK;
  }

  private static String table(Session session, Json all) {
    var table = new Table(session.terminal().colour(), "task", "bytes", "name", "artifact");
    for (Json one : all.list("data")) {
      table.row(
          one.text("task_index"),
          one.text("size_bytes"),
          Table.cut(one.text("filename"), NAME_WIDTH),
          one.text("artifact_id"));
    }
    return table.render();
  }
}
