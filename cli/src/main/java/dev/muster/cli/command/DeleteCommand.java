package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster delete JOB}. */
@CommandLine.Command(
    name = "muster delete",
    description = {
      "Deletes the results of a job that has ended: files, output and package. Its record stays.",
      "There is no way back."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster delete job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --force")
public final class DeleteCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(names = "--force", description = "Do not ask; needed where nobody can answer.")
  private boolean force;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().get(job.path());
    String id = view.text("job_id").isEmpty() ? job.id() : view.text("job_id");
    if (view.at("ended_at").isNull()) {
      throw new CommandFailed(
          ExitCode.FAILED,
          "Expected a job that has ended, but " + id + " goes on; muster cancel ends it");
    }
    if (!force && !session.confirm("Delete the results of " + id + " for good?")) {
      throw new CommandFailed(ExitCode.USAGE, "Expected a yes or --force, but got neither");
    }
    session.api().delete(job.path());
    session.hint("The results of " + id + " are deleted");
    return ExitCode.OK;
  }
}
