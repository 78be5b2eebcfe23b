package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.KnownSigners;
import dev.muster.cli.shell.PackageCheck;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster verify PATH} and {@code muster verify JOB}. */
@CommandLine.Command(
    name = "muster verify",
    description = {
      "Verifies a downloaded package: the manifest's signature, then every file of the archive",
      "and of the unpacked folder beside it. All digests are computed here.",
      "Of a job it verifies the aggregate: the server counts the results of all tasks once more."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  muster verify results --key muster.pem",
      "  muster verify job_01JD2T5V8W3Y6Z9B0C4E7G1H2K"
    })
public final class VerifyCommand implements Command {
  private static final Pattern JOB = Pattern.compile("job_[0-9A-HJKMNP-TV-Z]{26}");

  @Parameters(
      index = "0",
      paramLabel = "PATH|JOB",
      description = "The folder, or the archive in it; or a job.")
  private String path = "";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = {
        "The public key in PEM; needs no server. Default: the keys that the",
        "server had when it was first met, which are kept from then on."
      })
  private @Nullable String key;

  @Option(
      names = "--trust-new-keys",
      description = "Keep the keys that the server has now, too: it has changed them.")
  private boolean trustNewKeys;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    if (isJob(session)) {
      return verified(session);
    }
    List<String> keys =
        key == null
            ? trusted(session, trustNewKeys)
            : List.of(PackageCheck.key(session.surroundings(), key));
    PackageCheck.Outcome outcome = PackageCheck.of(session.surroundings(), path, keys);
    boolean good = outcome.wrong().isEmpty();
    session.print(document(outcome), () -> text(outcome));
    if (!good && key == null) {
      session.hint(
          "If the server has changed its signing keys, look at them: muster verify --help");
    }
    return good ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Whether the argument is a job and no folder. */
  private boolean isJob(Session session) {
    return JOB.matcher(path).matches() && !PackageCheck.isThere(session.surroundings(), path);
  }

  /** Has the server hold the aggregate of a job against its results. */
  private ExitCode verified(Session session) {
    Json told = session.api().get("/jobs/" + Api.encoded(path) + "/verify");
    List<Json> wrong = told.list("differences");
    session.print(
        told,
        () ->
            wrong.isEmpty()
                ? path + ": the aggregate is that of its " + told.text("results") + " results\n"
                : wrong.stream()
                    .map(figure ->
                        "FAILED  %s is %s, but the results say %s\n"
                            .formatted(
                                Table.plain(figure.text("path")),
                                Table.plain(figure.text("stored")),
                                Table.plain(figure.text("recomputed"))))
                    .collect(Collectors.joining()));
    return wrong.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static String text(PackageCheck.Outcome outcome) {
    if (outcome.wrong().isEmpty()) {
      return outcome.job() + ": " + outcome.files() + " files are as they were signed\n";
    }
    return outcome.wrong().stream()
        .map(sentence -> "FAILED  " + Table.plain(sentence) + "\n")
        .collect(Collectors.joining());
  }

  private static Json document(PackageCheck.Outcome outcome) {
    String text =
        "{\"verified\":"
            + outcome.wrong().isEmpty()
            + ",\"job_id\":"
            + JsonText.quote(outcome.job())
            + ",\"files\":"
            + outcome.files()
            + ",\"wrong\":["
            + outcome.wrong().stream().map(JsonText::quote).collect(Collectors.joining(","))
            + "]}";
    try {
      return JsonText.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonText.BadJsonException e) {
      throw new IllegalStateException("Expected JSON that was just written", e);
    }
  }

  /**
   * The keys that are trusted: those kept of the server. A server that was never met is asked, and
   * believed this once.
   *
   * @param renew whether it is asked and believed again
   */
  static List<String> trusted(Session session, boolean renew) {
    KnownSigners known = KnownSigners.of(session.surroundings(), session.api().server());
    List<String> keys = known.keys();
    if (keys.isEmpty() || renew) {
      List<String> now =
          session.api().get("/signing-keys").list("data").stream()
              .map(one -> one.text("public_key"))
              .toList();
      known.add(now);
      session.hint("The server's signing keys are kept in " + known.file());
      return known.keys();
    }
    return keys;
  }
}
