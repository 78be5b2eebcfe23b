package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code muster webhooks redeliver WEBHOOK DELIVERY}. */
@CommandLine.Command(
    name = "muster webhooks redeliver",
    description = "Sends a delivery again, with the same id.",
    footerHeading = "%nExample:%n",
    footer = "  muster webhooks redeliver callback msg_callback_acme_01JD4Q8Y7N3C9V5W2X6Z0B1D4G_6")
public final class WebhookRedeliverCommand implements Command {
  @Parameters(index = "0", paramLabel = "WEBHOOK", description = "Its id, or callback.")
  private String webhook = "";

  @Parameters(
      index = "1",
      paramLabel = "DELIVERY",
      description = "The delivery's id, as deliveries shows it.")
  private String delivery = "";

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json asked =
        session
            .api()
            .create(
                "/webhooks/"
                    + Api.encoded(webhook)
                    + "/deliveries/"
                    + Api.encoded(delivery)
                    + "/redeliver",
                "{}".getBytes(StandardCharsets.UTF_8));
    session.print(asked, () -> asked.text("delivery_id") + " is sent again\n");
    return ExitCode.OK;
  }
}
