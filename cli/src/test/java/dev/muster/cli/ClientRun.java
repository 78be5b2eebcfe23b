package dev.muster.cli;

import dev.muster.cli.shell.Surroundings;
import dev.muster.cli.shell.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs the client in this JVM and keeps what it printed. */
final class ClientRun {
  /** How a run ended. */
  record Ended(int code, String out, String err) {}

  private final Map<String, String> environment = new HashMap<>();
  private Path folder = Path.of("target");
  private String in = "";
  private boolean terminal;

  ClientRun() {
    environment.put("MUSTER_API_KEY", "mk_test");
  }

  static Ended against(StubServer server, String... args) {
    return new ClientRun().with("MUSTER_SERVER", server.address()).run(args);
  }

  ClientRun with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  ClientRun without(String name) {
    environment.remove(name);
    return this;
  }

  ClientRun in(Path newFolder) {
    folder = newFolder;
    return this;
  }

  ClientRun stdin(String text) {
    in = text;
    return this;
  }

  /** As if a person looked at both streams. */
  ClientRun onTerminal() {
    terminal = true;
    return this;
  }

  Ended run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var streams =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            terminal,
            terminal);
    var surroundings =
        new Surroundings(
            environment,
            folder,
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            streams);
    int code = Muster.run(surroundings, args).number();
    streams.flush();
    return new Ended(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
