package dev.muster.cli.command;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.OutputFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has. */
public final class CommonOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "How to print: table, json or yaml (MUSTER_OUTPUT; default table).")
  private @Nullable String output;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "The server (MUSTER_SERVER; default: the local stack of this folder, else"
              + " http://127.0.0.1:8080).")
  private @Nullable String server;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "Whom to act as (MUSTER_API_KEY; default: .muster/api-key of this folder).")
  private @Nullable String apiKey;

  @Option(names = "--no-color", description = "Plain text, also on a terminal (NO_COLOR).")
  private boolean noColour;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  /** The value of {@code --server}, if given. */
  public @Nullable String server() {
    return server;
  }

  /** The value of {@code --api-key}, if given. */
  public @Nullable String apiKey() {
    return apiKey;
  }

  public boolean noColour() {
    return noColour;
  }

  /** Whether only the help was asked for. */
  public boolean help() {
    return help;
  }

  /** The asked-for form of the output: flag, environment, table. */
  public OutputFormat format(Map<String, String> environment) {
    String word = output == null ? environment.getOrDefault("MUSTER_OUTPUT", "") : output;
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "", "table" -> OutputFormat.TABLE;
      case "json" -> OutputFormat.JSON;
      case "yaml" -> OutputFormat.YAML;
      default ->
          throw new CommandFailed(
              ExitCode.USAGE, "Expected table, json or yaml as output, but got '" + word + "'");
    };
  }
}
