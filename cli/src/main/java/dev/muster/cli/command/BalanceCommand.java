package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster balance}. */
@CommandLine.Command(
    name = "muster balance",
    description = "Shows what the account holds, in US dollars.",
    footerHeading = "%nExample:%n",
    footer = "  muster balance -o json")
public final class BalanceCommand implements Command {
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json balance = session.api().get("/balance");
    session.print(
        balance,
        () ->
            new Table(session.terminal().colour(), "available", "held", "spent", "granted")
                .row(
                    balance.text("available_usd"),
                    balance.text("held_usd"),
                    balance.text("spent_usd"),
                    balance.text("granted_usd"))
                .render());
    return ExitCode.OK;
  }
}
