package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The job that a command is about. */
final class JobArgument {
  private static final String JOB = "The job's id, as submit printed it.";
  private static final String SAME = "The same, as an option.";

  @Parameters(index = "0", arity = "0..1", paramLabel = "JOB", description = JOB)
  private @Nullable String positional;

  @Option(names = "--job-id", paramLabel = "JOB", description = SAME)
  private @Nullable String option;

  /** Adds it without a look at the annotations, as {@link CommonOptions#addTo} does. */
  void addTo(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .paramLabel("JOB")
            .description(JOB)
            .type(String.class)
            .setter(new Setter(value -> positional = (String) value))
            .build());
    spec.addOption(
        OptionSpec.builder("--job-id")
            .paramLabel("JOB")
            .description(SAME)
            .type(String.class)
            .setter(new Setter(value -> option = (String) value))
            .build());
  }

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
