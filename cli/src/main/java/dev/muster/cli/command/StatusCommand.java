package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster status JOB}. */
@CommandLine.Command(
    name = "muster status",
    description = "Shows a job: its state, its tasks, its times.",
    footerHeading = "%nExample:%n",
    footer = "  muster status job_01JD2T5V8W3Y6Z9B0C4E7G1H2K")
public final class StatusCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().get(job.path());
    session.print(view, () -> JobText.of(view, session.terminal().colour()));
    return ExitCode.OK;
  }
}
