package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster webhooks deliveries WEBHOOK}. */
@CommandLine.Command(
    name = "muster webhooks deliveries",
    description = "Lists what was sent to an endpoint, newest first.",
    footerHeading = "%nExample:%n",
    footer = "  muster webhooks deliveries ep_01JD4Q8Y7N3C9V5W2X6Z0B1D4F --state exhausted")
public final class WebhookDeliveriesCommand implements Command {
  @Parameters(paramLabel = "WEBHOOK", description = "Its id, or callback.")
  private String webhook = "";

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only these: pending, delivered or exhausted.")
  private @Nullable String state;

  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page =
        pages.read(
            session,
            "/webhooks/" + Api.encoded(webhook) + "/deliveries",
            PageOptions.filter("state", state),
            20,
            "data");
    session.print(page, () -> table(session, page));
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(
            session.terminal().colour(),
            "created",
            "event",
            "state",
            "tries",
            "answer",
            "delivery");
    for (Json delivery : page.list("data")) {
      List<Json> attempts = delivery.list("attempts");
      Json last = attempts.isEmpty() ? delivery : attempts.getLast();
      String status = last.text("status");
      table.row(
          JobText.time(delivery.text("created_at")),
          delivery.text("event"),
          delivery.text("state"),
          Integer.toString(attempts.size()),
          status.isEmpty() ? last.text("error") : status,
          delivery.text("id"));
    }
    return table.render();
  }
}
