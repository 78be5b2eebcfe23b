package dev.muster.cli.command;

import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.OutputFormat;
import dev.muster.cli.view.ProgressLine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What to do once a job is submitted. */
final class WaitOptions {
  @Option(
      names = {"-w", "--wait"},
      description = "Wait for the job's end; the exit code tells how it ended.")
  private boolean wait;

  @Option(
      names = {"-f", "--follow"},
      description = "Wait, and print the tasks' output as it is written.")
  private boolean follow;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Stop waiting after so long, with exit code 8; the job goes on.")
  private @Nullable Integer timeoutSeconds;

  /**
   * Prints a job that was just made, and waits for its end if that was asked for.
   *
   * @param job the API's view of it
   */
  ExitCode accepted(Session session, Json job) {
    String id = job.text("job_id");
    boolean table = session.format() == OutputFormat.TABLE;
    if (!wait && !follow) {
      session.print(job, () -> id + "\n");
      session.hint("Watch it: muster watch " + id + "   Results: muster results " + id);
      return ExitCode.OK;
    }
    if (table && !follow) {
      session.print(job, () -> id + "\n");
    } else if (table) {
      session.hint(id);
    }
    var progress =
        table && !follow
            ? new ProgressPrinter(session.terminal().err(), session.terminal().errIsTerminal())
            : null;
    var logs = follow ? new LogPrinter(session, "/jobs/" + id, job, null) : null;
    var watch = new JobWatch(session, id, progress, logs);
    ExitCode code = watch.run(timeout(timeoutSeconds));
    if (!table && !follow) {
      session.print(watch.lastSeen(), () -> "");
    } else if (follow && code != ExitCode.STILL_RUNNING) {
      session.hint(ProgressLine.of(watch.lastSeen()));
    }
    return code;
  }

  static @Nullable Duration timeout(@Nullable Integer seconds) {
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }
}
