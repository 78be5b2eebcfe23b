package dev.muster.cli;

import dev.muster.cli.command.Command;
import dev.muster.cli.command.CommonOptions;
import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.shell.Settings;
import dev.muster.cli.shell.Surroundings;
import dev.muster.cli.shell.Terminal;
import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.OutputFormat;
import dev.muster.cli.view.Table;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The client's entry: one command, one sentence when it fails, one exit code. */
public final class Muster {
  private Muster() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    Surroundings surroundings = Surroundings.ofProcess();
    ExitCode code = run(surroundings, args);
    surroundings.terminal().flush();
    System.exit(code.number());
  }

  /** Runs a command; never throws for what a user or a server can cause. */
  static ExitCode run(Surroundings surroundings, String... args) {
    Terminal terminal = surroundings.terminal();
    String word = args.length == 0 ? "help" : args[0];
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    return switch (word) {
      case "help", "-h", "--help" -> help(surroundings, rest);
      case "version", "-V", "--version" -> print(terminal, "muster " + version() + "\n");
      case "__train" -> Training.run();
      default -> {
        Verb verb = Verb.of(args);
        yield verb == null
            ? unknown(terminal, word)
            : run(surroundings, verb, Arrays.copyOfRange(args, verb.words().size(), args.length));
      }
    };
  }

  private static ExitCode run(Surroundings surroundings, Verb verb, String... args) {
    Terminal terminal = surroundings.terminal();
    Command command = verb.make();
    CommonOptions common = command.common();
    boolean json = false;
    try {
      var line = new CommandLine(command.spec()).setUsageHelpWidth(100);
      line.parseArgs(args);
      if (common.help()) {
        return print(terminal, line.getUsageMessage(Ansi.OFF));
      }
      OutputFormat format = common.format(surroundings.environment());
      json = format == OutputFormat.JSON;
      Surroundings plain = common.noColour() ? withoutColour(surroundings) : surroundings;
      Settings settings = Settings.find(plain, common.server(), common.apiKey());
      return command.run(new Session(new Api(settings, version()), plain, format));
    } catch (CommandLine.ParameterException e) {
      terminal.say("muster: " + oneLine(e.getMessage()));
      terminal.say("  See: muster help " + verb.word());
      return ExitCode.USAGE;
    } catch (CommandFailed e) {
      var problem = e.problem();
      terminal.say(json && problem != null ? JsonText.pretty(problem) : "muster: " + e.sentence());
      return e.exitCode();
    }
  }

  private static ExitCode help(Surroundings surroundings, String... args) {
    Terminal terminal = surroundings.terminal();
    if (args.length == 0) {
      return print(terminal, HelpText.overview());
    }
    if (args[0].equals("exit-codes")) {
      return print(terminal, HelpText.exitCodes());
    }
    Verb verb = Verb.of(args);
    return verb == null ? unknown(terminal, args[0]) : run(surroundings, verb, "--help");
  }

  private static ExitCode unknown(Terminal terminal, String word) {
    terminal.say("muster: Expected a command, but '" + Table.plain(word) + "' is none");
    String lower = word.toLowerCase(Locale.ROOT);
    for (Verb verb : Verb.values()) {
      if (lower.length() >= 2 && verb.word().startsWith(lower.substring(0, 2))) {
        terminal.say("  Did you mean: muster " + verb.word());
      }
    }
    terminal.say("  See: muster help");
    return ExitCode.USAGE;
  }

  private static ExitCode print(Terminal terminal, String text) {
    terminal.out().print(text);
    terminal.flush();
    return ExitCode.OK;
  }

  private static Surroundings withoutColour(Surroundings s) {
    Terminal t = s.terminal();
    return new Surroundings(
        s.environment(),
        s.folder(),
        s.in(),
        new Terminal(t.out(), t.err(), t.outIsTerminal(), t.errIsTerminal(), false));
  }

  private static String oneLine(@org.jspecify.annotations.Nullable String message) {
    return message == null ? "the command line is wrong" : Table.plain(message);
  }

  /** The version in the jar's manifest. */
  static String version() {
    String version = Muster.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
