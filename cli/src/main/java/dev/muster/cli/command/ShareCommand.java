package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.Table;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster share JOB}. */
@CommandLine.Command(
    name = "muster share",
    description = {
      "Makes a link that opens the result package of a job without an API key, and prints it.",
      "It is shown this once."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster share job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --expires 7d")
public final class ShareCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When the link ends: 45m, 12h, 7d (default 7d, at most 30d, and the results').")
  private @Nullable String expires;

  @Option(
      names = "--artifact",
      paramLabel = "ID",
      description = "Open this one file of the job and nothing else.")
  private @Nullable String artifact;

  @Option(names = "--list", description = "List the job's links instead.")
  private boolean list;

  @Option(names = "--revoke", paramLabel = "SHARE", description = "End this link instead.")
  private @Nullable String revoke;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String shares = job.path() + "/shares";
    if (revoke != null) {
      session.api().delete(shares + "/" + Api.encoded(revoke));
      session.hint(revoke + " opens nothing any more");
    } else if (list) {
      Json page = session.api().get(shares + "?limit=200");
      session.print(page, () -> table(session, page));
    } else {
      Json made = session.api().create(shares, body().getBytes(StandardCharsets.UTF_8));
      session.print(made, () -> session.api().address(made.text("url")) + "\n");
      session.hint(
          "Until " + made.text("expires_at") + "; muster share --revoke " + made.text("share_id"));
    }
    return ExitCode.OK;
  }

  private String body() {
    String body = expires == null ? "" : "\"expires\":" + JsonText.quote(expires);
    String comma = expires == null || artifact == null ? "" : ",";
    return "{"
        + body
        + comma
        + (artifact == null ? "" : "\"artifact_id\":" + JsonText.quote(artifact))
        + "}";
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(session.terminal().colour(), "link", "scope", "status", "expires", "downloads");
    for (Json share : page.list("data")) {
      table.row(
          share.text("share_id"),
          share.text("scope"),
          share.text("status"),
          share.text("expires_at"),
          share.text("downloads"));
    }
    return table.render();
  }
}
