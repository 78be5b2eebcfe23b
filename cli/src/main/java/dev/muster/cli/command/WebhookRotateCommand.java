package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster webhooks rotate WEBHOOK}. */
@CommandLine.Command(
    name = "muster webhooks rotate",
    description =
        "Gives an endpoint a new signing secret and prints it, this once. The old one signs beside it for a while.",
    footerHeading = "%nExample:%n",
    footer = "  muster webhooks rotate ep_01JD4Q8Y7N3C9V5W2X6Z0B1D4F --overlap 3600")
public final class WebhookRotateCommand implements Command {
  @Parameters(paramLabel = "WEBHOOK", description = "Its id, or callback.")
  private String webhook = "";

  @Option(
      names = "--overlap",
      paramLabel = "SECONDS",
      description = "How long both sign (default: a day).")
  private @Nullable Integer overlap;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String body = overlap == null ? "{}" : "{\"overlap_s\":" + overlap + "}";
    Json view =
        session
            .api()
            .create(
                "/webhooks/" + Api.encoded(webhook) + "/rotate",
                body.getBytes(StandardCharsets.UTF_8));
    session.print(view, () -> view.text("secret") + "\n");
    session.hint("It is not shown again.");
    return ExitCode.OK;
  }
}
