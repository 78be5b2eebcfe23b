package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JobText;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster admin key list}. */
@CommandLine.Command(
    name = "muster admin key list",
    description = "Lists API keys without their secrets, revoked and expired ones included.",
    footerHeading = "%nExample:%n",
    footer = "  muster admin key list --tenant acme")
public final class KeyListCommand implements Command {
  @Option(
      names = "--tenant",
      paramLabel = "TENANT",
      description = "Whose keys; another tenant needs a key with the scope admin.")
  private @Nullable String tenant;

  @Mixin private final PageOptions pages = new PageOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json page = pages.read(session, "/keys", PageOptions.filter("tenant", tenant), 50, "data");
    session.print(page, () -> table(session, page));
    pages.hintNext(session, page);
    return ExitCode.OK;
  }

  private static String table(Session session, Json page) {
    var table =
        new Table(
            session.terminal().colour(), "key", "label", "scopes", "created", "ends", "revoked");
    for (Json key : page.list("data")) {
      table.row(
          key.text("key_id"),
          Table.cut(key.text("label"), 40),
          JobText.words(key.list("scopes")),
          JobText.time(key.text("created_at")),
          JobText.time(key.text("expires_at")),
          JobText.time(key.text("revoked_at")));
    }
    return table.render();
  }
}
