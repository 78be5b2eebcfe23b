package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The job that a command is about. */
final class JobArgument {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "JOB",
      description = "The job's id, as submit printed it.")
  private @Nullable String positional;

  @Option(names = "--job-id", paramLabel = "JOB", description = "The same, as an option.")
  private @Nullable String option;

  /** The id as the user wrote it. */
  String id() {
    if (positional != null && option != null && !positional.equals(option)) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected one job, but got " + positional + " and " + option);
    }
    String id = positional == null ? option : positional;
    if (id == null || id.isBlank()) {
      throw new CommandFailed(ExitCode.USAGE, "Expected a job id, but got none");
    }
    return id.strip();
  }

  /** Its path below the API. */
  String path() {
    return "/jobs/" + Api.encoded(id());
  }
}
