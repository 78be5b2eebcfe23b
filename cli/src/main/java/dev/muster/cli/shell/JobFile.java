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
    Path folder = examples(surroundings, examplesFlag);
    for (String name : new String[] {example + ".yaml", example + "/job.json"}) {
      Path file = folder.resolve(name).toAbsolutePath();
      if (Files.exists(file)) {
        return read(surroundings, file.toString());
      }
    }
    return read(surroundings, folder.resolve(example + ".json").toAbsolutePath().toString());
  }

  /**
   * The project that an example's job names, a folder beside its job file; null where it has none.
   *
   * @param examplesFlag the folder of examples, null for the one beside the muster script
   * @param example a name that {@link #example} has read
   */
  public static @Nullable String exampleProject(
      Surroundings surroundings, @Nullable String examplesFlag, String example) {
    Path project =
        examples(surroundings, examplesFlag).resolve(example).resolve("project").toAbsolutePath();
    return Files.isDirectory(project) ? project.toString() : null;
  }

  private static Path examples(Surroundings surroundings, @Nullable String examplesFlag) {
    return examplesFlag == null
        ? Path.of(System.getProperty("muster.home", "")).resolve("examples")
        : surroundings.folder().resolve(examplesFlag);
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
