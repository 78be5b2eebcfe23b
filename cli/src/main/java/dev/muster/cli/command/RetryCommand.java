package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster retry JOB}. */
@CommandLine.Command(
    name = "muster retry",
    description = {
      "Runs the tasks of an ended job that did not succeed again, as a new job, and prints its id.",
      "Results of tasks that succeeded are taken over."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster retry job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --wait")
public final class RetryCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = "--tasks",
      paramLabel = "SET",
      description = "Run exactly these again: failed, or indexes and ranges such as 17,40-90.")
  private @Nullable String tasks;

  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String body = tasks == null ? "{}" : "{\"tasks\":" + JsonText.quote(tasks) + "}";
    Json view =
        session
            .api()
            .post(
                job.path() + "/retry",
                body.getBytes(StandardCharsets.UTF_8),
                UUID.randomUUID().toString());
    return wait.accepted(session, view);
  }
}
