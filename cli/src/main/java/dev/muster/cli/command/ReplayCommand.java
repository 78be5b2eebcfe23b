package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster admin replay}. */
@CommandLine.Command(
    name = "muster admin replay",
    description = {
      "Sends the events of all jobs of the tenant to muster.job.events again, with the same ids.",
      "It needs a key with the scope admin, and may be repeated."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster admin replay")
public final class ReplayCommand implements Command {
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    return WholeTenant.ask(session, "replay");
  }
}
