package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code muster status JOB}. Asked for more often than anything else, so it is declared without
 * annotations: looking at those costs a quarter of its time.
 */
public final class StatusCommand implements Command {
  private final JobArgument job = new JobArgument();
  private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("muster status");
    spec.usageMessage()
        .description("Shows a job: its state, its tasks, its times.")
        .footerHeading("%nExample:%n")
        .footer("  muster status job_01JD2T5V8W3Y6Z9B0C4E7G1H2K");
    job.addTo(spec);
    common.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().get(job.path());
    session.print(view, () -> JobText.of(view, session.terminal().colour()));
    return ExitCode.OK;
  }
}
