package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster webhooks add URL}. */
@CommandLine.Command(
    name = "muster webhooks add",
    description =
        "Makes an endpoint that is told of jobs, and prints its signing secret, this once.",
    footerHeading = "%nExample:%n",
    footer = "  muster webhooks add https://example.com/hook --events job.completed,job.failed")
public final class WebhookAddCommand implements Command {
  @Parameters(paramLabel = "URL", description = "Where to; https, a public host.")
  private String url = "";

  @Option(
      names = "--events",
      paramLabel = "KIND",
      split = ",",
      description = "What is told (default: the ends of jobs).")
  private @Nullable List<String> events;

  @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
  private @Nullable String description;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json made =
        session
            .api()
            .post(
                "/webhooks", body().getBytes(StandardCharsets.UTF_8), UUID.randomUUID().toString());
    session.print(made, () -> made.text("secret") + "\n");
    session.hint("It is not shown again. The webhook is " + made.text("id"));
    return ExitCode.OK;
  }

  private String body() {
    var body = new StringJoiner(",", "{", "}");
    body.add("\"url\":" + JsonText.quote(url));
    if (description != null) {
      body.add("\"description\":" + JsonText.quote(description));
    }
    if (events != null) {
      body.add(
          "\"events\":"
              + events.stream()
                  .map(kind -> JsonText.quote(kind.strip()))
                  .collect(Collectors.joining(",", "[", "]")));
    }
    return body.toString();
  }
}
