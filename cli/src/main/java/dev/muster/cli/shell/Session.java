package dev.muster.cli.shell;

import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.OutputFormat;
import dev.muster.cli.view.Yaml;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * One run of a command: the server it talks to and the form its answers take.
 *
 * @param api the server
 * @param surroundings environment, folder, terminal
 * @param format how data is printed
 */
public record Session(Api api, Surroundings surroundings, OutputFormat format) {
  public Terminal terminal() {
    return surroundings.terminal();
  }

  /**
   * Prints a document as data: as JSON or YAML, or as the table that is made for people.
   *
   * @param table lines, each ended
   */
  public void print(Json document, Supplier<String> table) {
    var out = terminal().out();
    switch (format) {
      case JSON -> out.print(JsonText.pretty(document) + "\n");
      case YAML -> out.print(Yaml.of(document));
      case TABLE -> out.print(table.get());
    }
    out.flush();
  }

  /** Says something to people; a program that reads JSON or YAML is left in peace. */
  public void hint(String line) {
    if (format == OutputFormat.TABLE) {
      terminal().say(line);
    }
  }

  /** Asks a person, who must say yes; without one the answer is no. */
  public boolean confirm(String question) {
    if (!terminal().outIsTerminal() || !terminal().errIsTerminal()) {
      return false;
    }
    terminal().say(question + " [y/N]");
    terminal().flush();
    try {
      int answer = surroundings.in().read();
      return answer == 'y' || answer == 'Y';
    } catch (IOException e) {
      return false; // nobody said yes
    }
  }
}
