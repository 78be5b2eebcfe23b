package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Reads a job file, JSON or YAML, from a file or from standard input. */
public final class JobFile {
  private JobFile() {}

  /**
   * The job as JSON. A JSON file is sent as it is, byte for byte.
   *
   * @param name a path, or {@code -} for standard input
   */
  public static byte[] read(Surroundings surroundings, String name) {
    byte[] text = bytes(surroundings, name);
    String shown = name.equals("-") ? "standard input" : name;
    if (isYaml(name, text)) {
      return YamlJobFile.toJson(text, shown);
    }
    try {
      if (!JsonText.parse(text).isObject()) {
        throw new CommandFailed(
            ExitCode.USAGE, "Expected a JSON object in " + shown + ", but it holds something else");
      }
      return text;
    } catch (JsonText.BadJsonException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected a job in JSON in " + shown + ", but " + e.getMessage());
    }
  }

  private static byte[] bytes(Surroundings surroundings, String name) {
    try {
      return name.equals("-")
          ? surroundings.in().readAllBytes()
          : Files.readAllBytes(surroundings.folder().resolve(name));
    } catch (NoSuchFileException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected a job file at " + name + ", but there is none");
    } catch (AccessDeniedException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected to read " + name + ", but its permissions forbid it");
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected to read " + name + ", but " + e.getMessage());
    }
  }

  /** By its name; standard input by its first character, as a JSON job begins with a brace. */
  private static boolean isYaml(String name, byte[] text) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!name.equals("-")) {
      return lower.endsWith(".yaml") || lower.endsWith(".yml");
    }
    for (byte b : text) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b != '{' && b != '[';
      }
    }
    return false;
  }
}
