package dev.muster.cli.command;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.OutputFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options that every command has. */
public final class CommonOptions {
  private static final String OUTPUT =
      "How to print: table, json or yaml (MUSTER_OUTPUT; default table).";
  private static final String SERVER =
      "The server (MUSTER_SERVER; default: the local stack of this folder, else"
          + " http://127.0.0.1:8080).";
  private static final String KEY =
      "Whom to act as (MUSTER_API_KEY; default: .muster/api-key of this folder).";
  private static final String NO_COLOR = "Plain text, also on a terminal (NO_COLOR).";
  private static final String HELP = "Show this help.";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = OUTPUT)
  private @Nullable String output;

  @Option(names = "--server", paramLabel = "URL", description = SERVER)
  private @Nullable String server;

  @Option(names = "--api-key", paramLabel = "KEY", description = KEY)
  private @Nullable String apiKey;

  @Option(names = "--no-color", description = NO_COLOR)
  private boolean noColour;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = HELP)
  private boolean help;

  /** Adds them without a look at the annotations, which costs a short command 5 ms each. */
  void addTo(CommandSpec spec) {
    spec.addOption(
            text("-o", "--output")
                .paramLabel("FORMAT")
                .description(OUTPUT)
                .setter(new Setter(value -> output = (String) value))
                .build())
        .addOption(
            text("--server")
                .paramLabel("URL")
                .description(SERVER)
                .setter(new Setter(value -> server = (String) value))
                .build())
        .addOption(
            text("--api-key")
                .paramLabel("KEY")
                .description(KEY)
                .setter(new Setter(value -> apiKey = (String) value))
                .build())
        .addOption(
            flag("--no-color")
                .description(NO_COLOR)
                .setter(new Setter(value -> noColour = Boolean.TRUE.equals(value)))
                .build())
        .addOption(
            flag("-h", "--help")
                .usageHelp(true)
                .description(HELP)
                .setter(new Setter(value -> help = Boolean.TRUE.equals(value)))
                .build());
  }

  private static OptionSpec.Builder text(String... names) {
    return OptionSpec.builder(names).type(String.class);
  }

  private static OptionSpec.Builder flag(String... names) {
    return OptionSpec.builder(names).type(boolean.class);
  }

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
