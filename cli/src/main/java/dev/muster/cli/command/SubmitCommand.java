package dev.muster.cli.command;

import dev.muster.cli.shell.JobFile;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster submit FILE|-}. */
@CommandLine.Command(
    name = "muster submit",
    description = "Submits a job, or several with edges between them, and prints their ids.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  muster submit examples/hello.json --follow",
      "  ./make_job.sh | muster submit - --wait"
    })
public final class SubmitCommand implements Command {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description =
          "The job, JSON or YAML (.yaml, .yml), or several as {\"jobs\": [...]}; - reads standard"
              + " input.")
  private String file = "-";

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Two submits with one key make one job (default: a new key for each run).")
  private @Nullable String idempotencyKey;

  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    byte[] body = JobFile.read(session.surroundings(), file);
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    if (JobFile.isBatch(body)) {
      return new BatchAnswer(session, session.api().post("/jobs/batch", body, key)).run(wait);
    }
    return wait.accepted(session, session.api().post("/jobs", body, key));
  }
}
