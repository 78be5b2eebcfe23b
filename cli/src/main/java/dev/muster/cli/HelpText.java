package dev.muster.cli;

import dev.muster.cli.view.ExitCode;

/** The help that is not about one command. */
final class HelpText {
  private HelpText() {}

  /** {@code muster help}. */
  static String overview() {
    var out =
        new StringBuilder(
            """
            Muster runs compute jobs on fleets of GPU hosts.

            Usage: muster COMMAND [OPTIONS]

            Jobs:
            """);
    for (Verb verb : Verb.values()) {
      if (verb != Verb.DEMO && verb.words().size() == 1) {
        line(out, verb.word(), verb.purpose());
      }
    }
    group(out, "Webhooks", "webhooks");
    group(out, "Administration", "admin");
    out.append("\nThe whole platform on this machine:\n");
    line(out, "up", "start it (--detach: in the background, --port N)");
    line(out, "down", "stop it");
    line(out, "ps", "show its components");
    line(out, "logs NAME", "print the log of a component");
    line(out, Verb.DEMO.word(), Verb.DEMO.purpose());
    out.append("\nMore:\n");
    line(out, "help COMMAND", "options of a command, with an example");
    line(out, "help exit-codes", "what the exit codes mean");
    line(out, "version", "the client's version");
    return out.toString();
  }

  private static void group(StringBuilder out, String title, String word) {
    out.append('\n').append(title).append(":\n");
    for (Verb verb : Verb.values()) {
      if (verb.words().size() > 1 && verb.words().getFirst().equals(word)) {
        line(out, verb.word(), verb.purpose());
      }
    }
  }

  /** {@code muster help exit-codes}. */
  static String exitCodes() {
    var out = new StringBuilder("Exit codes:\n");
    for (ExitCode code : ExitCode.values()) {
      line(out, Integer.toString(code.number()), code.meaning());
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String meaning) {
    out.append("  ").append(name).repeat(" ", Math.max(2, 22 - name.length()));
    out.append(meaning).append('\n');
  }
}
