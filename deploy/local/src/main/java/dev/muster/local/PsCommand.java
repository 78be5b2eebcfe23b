package dev.muster.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.muster.stack.ProcessIdentity;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code ps}: each component with its state. */
final class PsCommand {
  private PsCommand() {}

  /**
   * A line of the table.
   *
   * @param component which one
   * @param state {@code running}, {@code unready} (lives, but is not ready), {@code dead} (ended by
   *     itself), {@code stopped}
   * @param pid its process; 0 when it has none
   * @param port where it listens; 0 when it does not
   * @param memoryBytes proportional set size
   */
  private record Line(Component component, String state, long pid, int port, long memoryBytes) {}

  static void run(StackFolder folder, boolean json, PrintStream out) throws IOException {
    StackState state = StackState.load(folder);
    List<Line> lines = new ArrayList<>();
    for (Component component : Component.values()) {
      lines.add(line(state, component));
    }
    if (json) {
      printJson(folder, lines, out);
    } else {
      printTable(lines, out);
    }
  }

  private static Line line(StackState state, Component component) {
    ProcessIdentity process = state.alive(component).orElse(null);
    if (process == null) {
      return new Line(component, state.expects(component) ? "dead" : "stopped", 0, 0, 0);
    }
    boolean ready = !component.isService() || Health.isReady(Stack.healthPort(state, component));
    return new Line(
        component,
        ready ? "running" : "unready",
        process.pid(),
        state.port(component.title()).orElse(0),
        Memory.pssBytes(process.pid(), component == Component.POSTGRES));
  }

  private static void printJson(StackFolder folder, List<Line> lines, PrintStream out) {
    ArrayNode array = new ObjectMapper().createArrayNode();
    for (Line line : lines) {
      var object = array.addObject();
      object.put("name", line.component.title());
      object.put("service", line.component.service());
      object.put("state", line.state);
      if (line.pid == 0) {
        object.putNull("pid").putNull("port").putNull("memory_bytes");
      } else {
        object.put("pid", line.pid).put("port", line.port).put("memory_bytes", line.memoryBytes);
      }
      object.put("log", folder.log(line.component).toString());
    }
    out.println(array.toPrettyString());
  }

  private static void printTable(List<Line> lines, PrintStream out) {
    String format = "%-18s %-18s %-8s %8s %6s %9s%n";
    out.printf(Locale.ROOT, format, "NAME", "SERVICE", "STATE", "PID", "PORT", "MEMORY");
    for (Line line : lines) {
      boolean lives = line.pid != 0;
      out.printf(
          Locale.ROOT,
          format,
          line.component.title(),
          line.component.service(),
          line.state,
          lives ? line.pid : "-",
          lives ? line.port : "-",
          lives ? line.memoryBytes / (1024 * 1024) + " MiB" : "-");
    }
  }
}
