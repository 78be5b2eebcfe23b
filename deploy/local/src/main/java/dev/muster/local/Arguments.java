package dev.muster.local;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A checked command line.
 *
 * @param command what to do
 * @param help whether only the help is wanted
 * @param detach {@code up}: return when all is healthy
 * @param port {@code up}, {@code demo}: the API's port, 1 to 65535
 * @param json {@code ps}: JSON instead of a table
 * @param follow {@code logs}: go on with what is added
 * @param keep {@code demo}: leave the stack up
 * @param component {@code logs}: whose
 */
record Arguments(
    Command command,
    boolean help,
    boolean detach,
    OptionalInt port,
    boolean json,
    boolean follow,
    boolean keep,
    Optional<String> example,
    Optional<Component> component) {
  /** What the launcher can do. */
  enum Command {
    UP,
    DOWN,
    PS,
    LOGS,
    DEMO,
    /** Makes the ahead-of-time caches; part of a first start. */
    TRAIN
  }

  /** A command line that means nothing; the message says why. */
  static final class Misuse extends Exception {
    private static final long serialVersionUID = 1;

    Misuse(String message) {
      super(message);
    }
  }

  static Arguments parse(List<String> args) throws Misuse {
    if (args.isEmpty()) {
      throw new Misuse("Expected a command, but got none");
    }
    Command command = command(args.getFirst());
    boolean help = false;
    boolean detach = false;
    boolean json = false;
    boolean follow = false;
    boolean keep = false;
    OptionalInt port = OptionalInt.empty();
    Optional<String> example = Optional.empty();
    Optional<Component> component = Optional.empty();
    Iterator<String> rest = args.listIterator(1);
    while (rest.hasNext()) {
      String word = rest.next();
      String context = command + " " + word;
      switch (context) {
        case "UP --detach", "UP -d" -> detach = true;
        case "UP --port", "DEMO --port", "UP -p", "DEMO -p" -> port = port(value(word, rest));
        case "DEMO --keep" -> keep = true;
        case "DEMO --example" -> example = Optional.of(value(word, rest));
        case "LOGS -f", "LOGS --follow" -> follow = true;
        case "PS -o", "PS --output" -> json = json(value(word, rest));
        default -> {
          if (word.equals("-h") || word.equals("--help")) {
            help = true;
          } else if (word.startsWith("--port=") && context.matches("(UP|DEMO) .*")) {
            port = port(word.substring("--port=".length()));
          } else if (command == Command.LOGS && component.isEmpty()) {
            component = Optional.of(component(word));
          } else {
            throw new Misuse(
                "Expected the options of %s, but got %s".formatted(name(command), word));
          }
        }
      }
    }
    if (command == Command.LOGS && component.isEmpty() && !help) {
      throw new Misuse("Expected the name of a component, but got none");
    }
    return new Arguments(command, help, detach, port, json, follow, keep, example, component);
  }

  private static Command command(String word) throws Misuse {
    for (Command command : Command.values()) {
      if (name(command).equals(word)) {
        return command;
      }
    }
    throw new Misuse("Expected up, down, ps, logs or demo, but got " + word);
  }

  private static String name(Command command) {
    return command.name().toLowerCase(Locale.ROOT);
  }

  private static String value(String option, Iterator<String> rest) throws Misuse {
    if (!rest.hasNext()) {
      throw new Misuse("Expected a value after " + option + ", but the line ends");
    }
    return rest.next();
  }

  private static OptionalInt port(String word) throws Misuse {
    if (word.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(word);
      if (port >= 1 && port <= 65_535) {
        return OptionalInt.of(port);
      }
    }
    throw new Misuse("Expected a port from 1 to 65535, but got " + word);
  }

  private static boolean json(String word) throws Misuse {
    if (!word.equals("json") && !word.equals("table")) {
      throw new Misuse("Expected the output table or json, but got " + word);
    }
    return word.equals("json");
  }

  private static Component component(String word) throws Misuse {
    return Component.named(word)
        .orElseThrow(() -> new Misuse("Expected the name of a component, but got " + word));
  }
}
