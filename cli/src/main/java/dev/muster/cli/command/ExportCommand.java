package dev.muster.cli.command;

import dev.muster.cli.shell.Download;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster export}. */
@CommandLine.Command(
    name = "muster export",
    description = "Writes all jobs as JSON or CSV, to standard output or a file.",
    footerHeading = "%nExample:%n",
    footer = "  muster export --format csv --file jobs.csv")
public final class ExportCommand implements Command {
  /** What the server writes. */
  enum Format {
    json,
    csv
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "json or csv (default json).")
  private Format format = Format.json;

  @Option(names = "--from", paramLabel = "DAY", description = "Created on this day or later.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "DAY", description = "Created on this day or earlier.")
  private @Nullable String to;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Where to; it is there only when it is whole.")
  private @Nullable String file;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String path = new DayRange(from, to).on("/jobs/export", "format=" + format.name());
    if (file == null) {
      session.api().copy(path, session.terminal().out());
      session.terminal().out().flush();
      return ExitCode.OK;
    }
    Download.toFile(session, path, file);
    session.hint("Jobs are in " + file);
    return ExitCode.OK;
  }
}
