package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

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
  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view =
        session
            .api()
            .post(
                job.path() + "/retry",
                "{}".getBytes(StandardCharsets.UTF_8),
                UUID.randomUUID().toString());
    return wait.accepted(session, view);
  }
}
