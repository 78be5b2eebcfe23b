package dev.muster.cli.command;

import dev.muster.cli.shell.PackageCheck;
import dev.muster.cli.shell.PackageFolder;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster download JOB [DIR]}. */
@CommandLine.Command(
    name = "muster download",
    description = {
      "Downloads the result package of a job that has ended, and verifies it.",
      "A download that broke off goes on where it ended."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster download job_01JD2T5V8W3Y6Z9B0C4E7G1H2K results")
public final class DownloadCommand implements Command {
  @Mixin private final JobArgument job = new JobArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DIR",
      description = "The folder to download into (default: the job's id).")
  private @Nullable String folder;

  @Option(names = "--checksum", description = "Download only output.sha256, for sha256sum -c.")
  private boolean checksum;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    String to = folder == null ? (checksum ? "." : job.id()) : folder;
    PackageFolder target = new PackageFolder(session, job.path(), to);
    if (checksum) {
      target.checksums();
      session.hint(PackageFolder.CHECKSUMS + " is in " + to);
      return ExitCode.OK;
    }
    target.all();
    PackageCheck.Outcome outcome =
        PackageCheck.of(session.surroundings(), to, VerifyCommand.trusted(session, false));
    if (!outcome.wrong().isEmpty()) {
      throw new CommandFailed(
          ExitCode.FAILED, "Expected the package as signed, but " + first(outcome.wrong()));
    }
    Json about = session.api().get(job.path() + "/package");
    session.print(
        about,
        () ->
            PackageFolder.ARCHIVE
                + " ("
                + about.integer("size_bytes")
                + " bytes, "
                + outcome.files()
                + " files, verified) is in "
                + to
                + "\n");
    return ExitCode.OK;
  }

  private static String first(List<String> sentences) {
    return String.join("\n  ", sentences);
  }
}
