package dev.muster.cli.command;

import dev.muster.cli.shell.ProjectPush;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster push FOLDER|FILE}. */
@CommandLine.Command(
    name = "muster push",
    description = {
      "Makes a folder, a file or a tar.gz archive the newest revision of a project.",
      "A job that names the project starts in a copy of it; jobs that were submitted"
          + " before keep their revision. Left out are .git, .muster, .venv, __pycache__"
          + " and links."
    },
    footerHeading = "%nExample:%n",
    footer = "  muster push ./training --name digits")
public final class PushCommand implements Command {
  @Parameters(
      paramLabel = "FOLDER|FILE",
      description = "What is pushed; a .tar.gz or .tgz goes as it is.")
  private String what = ".";

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The project, made when there is none: letters, digits, dots, dashes, _.")
  private String name = "";

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public CommonOptions common() {
    return common;
  }

  @Override
  public ExitCode run(Session session) {
    Json project = ProjectPush.run(session, what, name);
    session.print(project, () -> sentence(project));
    return ExitCode.OK;
  }

  private static String sentence(Json project) {
    return "Project "
        + project.text("name")
        + " is at revision "
        + project.text("revision")
        + ": "
        + project.text("files")
        + " file(s), "
        + project.text("unpacked_bytes")
        + " bytes\n";
  }
}
