package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.OutputFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster logs JOB}. */
@CommandLine.Command(
    name = "muster logs",
    description = {
      "Prints what a job's tasks wrote; with several tasks, each line begins with its task.",
      "Given the name of a component of the local stack instead of a job, prints its log."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster logs -f job_01JD2T5V8W3Y6Z9B0C4E7G1H2K --task 3")
public final class LogsCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job ends; the exit code tells how it ended.")
  private boolean follow;

  @Option(names = "--task", paramLabel = "INDEX", description = "Only this task, from 0.")
  private @Nullable Integer task;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json view = session.api().get(job.path());
    var logs = new LogPrinter(session, job.path(), view, task);
    if (follow) {
      return new JobWatch(session, job.id(), null, logs).run(null);
    }
    if (session.format() == OutputFormat.TABLE) {
      logs.end();
    } else {
      session.print(logs.kept(), () -> "");
    }
    return ExitCode.OK;
  }
}
