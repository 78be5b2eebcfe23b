package dev.muster.agent.shell.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes virtual environments from {@code requirements.txt}. The resolver is pip, and what it says
 * is told as it says it.
 */
final class PythonEnvironment {
  private final Programs programs;

  PythonEnvironment(Programs programs) {
    this.programs = programs;
  }

  /**
   * What an environment depends on: the requirements and the interpreter. Requirements that point
   * into the project depend on all of it.
   *
   * @param folder where the requirements lie
   * @param project digest of the project
   */
  String key(Path folder, String project, Preparing preparing) throws IOException {
    String text = Files.readString(folder.resolve("requirements.txt"), StandardCharsets.ISO_8859_1);
    boolean pointsInside =
        text.lines()
            .map(String::strip)
            .anyMatch(line ->
                line.startsWith("-")
                    || line.startsWith(".")
                    || line.startsWith("/")
                    || line.toLowerCase(Locale.ROOT).contains("file:"));
    Programs.Said version = programs.run(List.of("python3", "-VV"), folder, folder, preparing);
    return Digests.sha256(text + "\n" + version.line() + "\n" + (pointsInside ? project : ""));
  }

  /**
   * Fills a folder with an environment.
   *
   * @param project where the requirements lie
   * @return the resolver's own line when it cannot be, else null
   */
  @Nullable String fill(Path folder, Path project, Preparing preparing) throws IOException {
    Programs.Said made =
        programs.run(
            List.of("python3", "-m", "venv", folder.toString()), project, folder, preparing);
    if (made.exit() != 0) {
      return made.line();
    }
    Programs.Said resolved =
        programs.run(
            List.of(
                folder.resolve("bin/python").toString(),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--no-cache-dir",
                "--no-color",
                "-r",
                "requirements.txt"),
            project,
            folder,
            preparing);
    return resolved.exit() == 0 ? null : resolved.line();
  }
}
