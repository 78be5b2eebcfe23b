package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster admin tenant create TENANT}. */
@CommandLine.Command(
    name = "muster admin tenant create",
    description = "Makes a tenant. It needs a key with the scope admin, and gives none.",
    footerHeading = "%nExample:%n",
    footer = {
      "  muster admin tenant create acme --name \"Acme Ltd\"",
      "  muster admin key create --tenant acme --label first"
    })
public final class TenantCreateCommand implements Command {
  @Parameters(
      paramLabel = "TENANT",
      description = "Its id: up to 63 lower-case letters, digits and hyphens.")
  private String tenant = "";

  @Option(names = "--name", paramLabel = "TEXT", description = "Its name for people.")
  private @Nullable String name;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String body =
        "{\"tenant\":"
            + JsonText.quote(tenant)
            + (name == null ? "" : ",\"name\":" + JsonText.quote(name))
            + "}";
    Json made = session.api().create("/tenants", body.getBytes(StandardCharsets.UTF_8));
    session.print(made, () -> made.text("tenant") + " is there\n");
    session.hint("Make it a key: muster admin key create --tenant " + made.text("tenant"));
    return ExitCode.OK;
  }
}
