package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster admin tenant list}. */
@CommandLine.Command(
    name = "muster admin tenant list",
    description = "Lists tenants. It needs a key with the scope admin.",
    footerHeading = "%nExample:%n",
    footer = "  muster admin tenant list -o json")
public final class TenantListCommand implements Command {
  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page = pages.read(session, "/tenants", "", 50, "data");
    session.print(page, () -> table(session, page));
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table = new Table(session.terminal().colour(), "tenant", "name", "state", "created");
    for (Json tenant : page.list("data")) {
      table.row(
          tenant.text("tenant"),
          tenant.text("name"),
          tenant.flag("disabled") ? "disabled" : "active",
          JobText.time(tenant.text("created_at")));
    }
    return table.render();
  }
}
