package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster admin rebuild}. */
@CommandLine.Command(
    name = "muster admin rebuild",
    description = {
      "Throws away what is derived from the tasks of ended jobs, and computes it anew.",
      "It needs a key with the scope admin, and may be repeated."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster admin rebuild")
public final class RebuildCommand implements Command {
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    return WholeTenant.ask(session, "rebuild");
  }
}
