package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster admin key create}. */
@CommandLine.Command(
    name = "muster admin key create",
    description = "Makes an API key and prints it, this once.",
    footerHeading = "%nExample:%n",
    footer =
        "  muster admin key create --label ci --scopes read,write --expires-at"
            + " 2027-01-01T00:00:00Z")
public final class KeyCreateCommand implements Command {
  @Option(names = "--label", paramLabel = "TEXT", description = "What people know it by.")
  private @Nullable String label;

  @Option(
      names = "--scopes",
      paramLabel = "WORD",
      split = ",",
      description = "What it allows: read, write, admin (default: read,write).")
  private @Nullable List<String> scopes;

  @Option(
      names = "--expires-at",
      paramLabel = "INSTANT",
      description = "When it ends, such as 2027-01-01T00:00:00Z (default: never).")
  private @Nullable String expiresAt;

  @Option(
      names = "--tenant",
      paramLabel = "TENANT",
      description = "Whose it will be; another tenant needs a key with the scope admin.")
  private @Nullable String tenant;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json made = session.api().create("/keys", body().getBytes(StandardCharsets.UTF_8));
    session.print(made, () -> made.text("key") + "\n");
    session.hint(
        "It is not shown again. To end it: muster admin key revoke " + made.text("key_id"));
    return ExitCode.OK;
  }

  private String body() {
    var body = new StringJoiner(",", "{", "}");
    add(body, "label", label);
    add(body, "expires_at", expiresAt);
    add(body, "tenant", tenant);
    if (scopes != null) {
      body.add(
          "\"scopes\":"
              + scopes.stream()
                  .map(word -> JsonText.quote(word.strip()))
                  .collect(Collectors.joining(",", "[", "]")));
    }
    return body.toString();
  }

  private static void add(StringJoiner body, String name, @Nullable String value) {
    if (value != null) {
      body.add(JsonText.quote(name) + ":" + JsonText.quote(value));
    }
  }
}
