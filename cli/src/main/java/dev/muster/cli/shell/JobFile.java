package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a job file, JSON or YAML, from a file or from standard input. */
public final class JobFile {
  private static final Pattern EXAMPLE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

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

  /** Whether a file holds several jobs, {@code {"jobs": [...]}}, which are submitted together. */
  public static boolean isBatch(byte[] json) {
    try {
      Json file = JsonText.parse(json);
      return file.fields().size() == 1 && !file.list("jobs").isEmpty();
    } catch (JsonText.BadJsonException e) {
      return false; // the server says what is wrong with it
    }
  }

  /**
   * A job file of the examples as JSON.
   *
   * @param examplesFlag the folder of examples, null for the one beside the muster script
   * @param example its name without an ending
   */
  public static byte[] example(
      Surroundings surroundings, @Nullable String examplesFlag, String example) {
    if (!EXAMPLE.matcher(example).matches()) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected the name of an example such as sweep, but got another text");
    }
    Path folder =
        examplesFlag == null
            ? Path.of(System.getProperty("muster.home", "")).resolve("examples")
            : surroundings.folder().resolve(examplesFlag);
    String yaml = folder.resolve(example + ".yaml").toAbsolutePath().toString();
    return Files.exists(Path.of(yaml))
        ? read(surroundings, yaml)
        : read(surroundings, folder.resolve(example + ".json").toAbsolutePath().toString());
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
