package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster admin tenant plan TENANT PLAN}. */
@CommandLine.Command(
    name = "muster admin tenant plan",
    description = "Gives a tenant a plan: free keeps results for 7 days, pro 30, enterprise 90.",
    footerHeading = "%nExample:%n",
    footer = "  muster admin tenant plan acme pro")
public final class TenantPlanCommand implements Command {
  @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant's id.")
  private String tenant = "";

  @Parameters(index = "1", paramLabel = "PLAN", description = "free, pro or enterprise.")
  private String plan = "";

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view =
        session
            .api()
            .put(
                "/tenants/" + Api.encoded(tenant) + "/plan",
                ("{\"plan\":" + JsonText.quote(plan) + "}").getBytes(StandardCharsets.UTF_8));
    session.print(
        view,
        () ->
            view.text("tenant")
                + ": "
                + view.text("plan")
                + ", results are kept for "
                + view.text("kept_days")
                + " days\n");
    return ExitCode.OK;
  }
}
