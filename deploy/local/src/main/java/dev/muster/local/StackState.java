package dev.muster.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.stack.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is known about the stack's processes and ports; saved at each change, so that a crash of the
 * launcher loses none. Safe for several threads.
 */
public final class StackState {
  /** How far a command came. */
  public enum Phase {
    /** Nothing is meant to run. */
    STOPPED,
    /** A command is starting it; found by a later command, it means that the starter died. */
    STARTING,
    /** It came up whole. */
    RUNNING,
    /** A command is stopping it; found by a later command, it means that the stopper died. */
    STOPPING
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StackFolder folder;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<Component, ProcessIdentity> processes = new TreeMap<>();
  private Phase phase = Phase.STOPPED;

  private StackState(StackFolder folder) {
    this.folder = folder;
  }

  /** What was saved last; an empty state when there is none. */
  public static StackState load(StackFolder folder) throws IOException {
    StackState state = new StackState(folder);
    JsonNode json;
    try {
      json = JSON.readTree(Files.readString(folder.state()));
    } catch (NoSuchFileException e) {
      // The first start in this folder.
      return state;
    }
    state.phase = Phase.valueOf(json.path("phase").asText("STOPPED"));
    json.path("ports").properties().forEach(e -> state.ports.put(e.getKey(), e.getValue().asInt()));
    for (Component component : Component.values()) {
      JsonNode process = json.path("processes").path(component.title());
      if (process.isObject()) {
        state.processes.put(
            component,
            new ProcessIdentity(
                process.path("pid").asLong(),
                process.path("start_ticks").asLong(),
                process.path("boot_id").asText()));
      }
    }
    return state;
  }

  /** How far the last command came. */
  public synchronized Phase phase() {
    return phase;
  }

  /** Notes how far this command came. */
  public synchronized void phase(Phase now) throws IOException {
    phase = now;
    save();
  }

  /** A port by its name. */
  public synchronized Optional<Integer> port(String name) {
    return Optional.ofNullable(ports.get(name));
  }

  /** Notes a port. */
  public synchronized void port(String name, int port) {
    ports.put(name, port);
  }

  /** The process of a component, when it lives. */
  public synchronized Optional<ProcessIdentity> alive(Component component) {
    return Optional.ofNullable(processes.get(component)).filter(ProcessIdentity::isAlive);
  }

  /** Whether a process of the component was started and not stopped on purpose since. */
  public synchronized boolean expects(Component component) {
    return processes.containsKey(component);
  }

  /** Notes a started process. */
  public synchronized void started(Component component, ProcessIdentity identity)
      throws IOException {
    processes.put(component, identity);
    Files.writeString(folder.pid(component), identity.pid() + "\n");
    save();
  }

  /** Forgets a process that was stopped on purpose. */
  public synchronized void stopped(Component component) throws IOException {
    processes.remove(component);
    Files.deleteIfExists(folder.pid(component));
    save();
  }

  private void save() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    // The client finds the API by this key.
    port("api-gateway").ifPresent(port -> json.put("api_port", port));
    json.put("phase", phase.name());
    ObjectNode portsJson = json.putObject("ports");
    ports.forEach(portsJson::put);
    ObjectNode processesJson = json.putObject("processes");
    processes.forEach((component, identity) ->
        processesJson
            .putObject(component.title())
            .put("pid", identity.pid())
            .put("start_ticks", identity.startTicks())
            .put("boot_id", identity.bootId()));
    Path fresh = folder.state().resolveSibling("state.json.new");
    Files.writeString(fresh, json.toPrettyString() + "\n");
    Files.move(
        fresh, folder.state(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
