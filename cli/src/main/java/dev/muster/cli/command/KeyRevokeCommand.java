package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster admin key revoke KEY}. */
@CommandLine.Command(
    name = "muster admin key revoke",
    description = "Ends an API key for good; every gateway refuses it within 5 seconds.",
    footerHeading = "%nExample:%n",
    footer = "  muster admin key revoke mk_4fZk2Q9xLw")
public final class KeyRevokeCommand implements Command {
  @Parameters(paramLabel = "KEY", description = "The key's id, as list shows it.")
  private String key = "";

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().delete("/keys/" + Api.encoded(key));
    session.print(view, () -> view.text("key_id") + " is revoked\n");
    return ExitCode.OK;
  }
}
