package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.OutputFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster watch JOB}. */
@CommandLine.Command(
    name = "muster watch",
    description = {
      "Shows a job's progress until it ends; the exit code tells how it ended.",
      "Ctrl-C leaves the job running. With -o json, one line for each change."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster watch job_01JD2T5V8W3Y6Z9B0C4E7G1H2K")
public final class WatchCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Stop watching after so long, with exit code 8; the job goes on.")
  private @Nullable Integer timeoutSeconds;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    boolean table = session.format() == OutputFormat.TABLE;
    var terminal = session.terminal();
    var progress = table ? new ProgressPrinter(terminal.out(), terminal.outIsTerminal()) : null;
    var watch =
        new JobWatch(session, job.id(), progress, null) {
          @Override
          void seen(Json view) {
            super.seen(view);
            if (session.format() == OutputFormat.JSON) {
              terminal.out().println(view);
            } else if (session.format() == OutputFormat.YAML) {
              terminal.out().println("---");
              session.print(view, () -> "");
            }
            terminal.out().flush();
          }
        };
    return watch.run(WaitOptions.timeout(timeoutSeconds));
  }
}
