package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code muster webhooks list}. */
@CommandLine.Command(
    name = "muster webhooks list",
    description = "Lists the endpoints that are told of jobs, without their secrets.",
    footerHeading = "%nExample:%n",
    footer = "  muster webhooks list")
public final class WebhookListCommand implements Command {
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page = session.api().get("/webhooks");
    session.print(page, () -> table(session, page));
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(session.terminal().colour(), "webhook", "status", "failures", "url", "events");
    for (Json webhook : page.list("data")) {
      table.row(
          webhook.text("id"),
          webhook.text("status"),
          Long.toString(webhook.integer("failures")),
          Table.cut(webhook.text("url"), 60),
          Table.cut(JobText.words(webhook.list("events")), 60));
    }
    return table.render();
  }
}
