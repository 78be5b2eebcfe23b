package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The whole platform on this machine, started in a folder of its own by {@code ./muster up
 * --detach}.
 */
final class Platform implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Path REPOSITORY = repository();

  private final Path folder;
  private final int port;
  private final Map<String, String> environment;

  private Platform(Path folder, int port, Map<String, String> environment) {
    this.folder = folder;
    this.port = port;
    this.environment = environment;
  }

  /**
   * Starts it.
   *
   * @param folder an empty folder; may have a space in its name
   * @param environment settings of the services, such as {@code DISPATCHER_LEASE}
   */
  static Platform start(Path folder, Map<String, String> environment) {
    Platform platform = new Platform(folder, freePort(), environment);
    platform.up();
    return platform;
  }

  /** Starts whatever does not run. */
  void up() {
    Output output =
        muster(Duration.ofMinutes(5), "up", "--detach", "--port", Integer.toString(port));
    assertThat(output.exitCode()).as(output.text()).isZero();
  }

  /** The API of this platform with its first key. */
  Api api() {
    try {
      return new Api(
          "http://127.0.0.1:" + port, Files.readString(folder.resolve(".muster/api-key")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder() {
    return folder;
  }

  /** The process id of a component, as {@code ./muster ps} tells it. */
  long pid(String component) {
    return component(component).path("pid").asLong();
  }

  /** The port of a component. */
  int port(String component) {
    return component(component).path("port").asInt();
  }

  private JsonNode component(String name) {
    Output output = muster(Duration.ofMinutes(1), "ps", "-o", "json");
    try {
      for (JsonNode component :
          JSON.readTree(output.text().substring(output.text().indexOf('[')))) {
        if (component.path("name").asText().equals(name)) {
          return component;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(output.text(), e);
    }
    throw new AssertionError("no component " + name + " in " + output.text());
  }

  /** {@code kill -SIGNAL} to a component's process; for KILL, waits until it is gone. */
  void signal(String component, String signal) {
    signal(pid(component), signal);
  }

  /** The same to a process that is known already: looking for it takes a second. */
  void signal(long pid, String signal) {
    run(Duration.ofSeconds(10), List.of("kill", "-" + signal, Long.toString(pid)));
    if (signal.equals("KILL")) {
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !runs(pid));
    }
  }

  /** Runs {@code ./muster ARGUMENTS} in the platform's folder. */
  Output muster(Duration timeout, String... arguments) {
    List<String> command = new ArrayList<>(List.of(REPOSITORY.resolve("muster").toString()));
    command.addAll(Arrays.asList(arguments));
    return run(timeout, command);
  }

  private Output run(Duration timeout, List<String> command) {
    try {
      Path log = Files.createTempFile("muster-out", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      builder.environment().remove("MUSTER_SERVER");
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            command + " did not end in " + timeout + ":\n" + Files.readString(log));
      }
      String text = Files.readString(log);
      Files.delete(log);
      return new Output(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The files in the gateway's store that are as large as this or larger. */
  List<Path> stored(String part, long bytesMin) {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files =
        Files.walk(folder.resolve(".muster/data/api-gateway/store").resolve(part))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file) && Files.size(file) >= bytesMin) {
          found.add(file);
        }
      }
      return found;
    } catch (IOException | UncheckedIOException e) {
      return stored(part, bytesMin); // one went while they were looked at
    }
  }

  /** Stops everything and sees that nothing is left. */
  @Override
  public void close() {
    List<Long> pids = new ArrayList<>();
    Output ps = muster(Duration.ofMinutes(1), "ps", "-o", "json");
    try {
      for (JsonNode component : JSON.readTree(ps.text().substring(ps.text().indexOf('[')))) {
        pids.add(component.path("pid").asLong());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(ps.text(), e);
    }
    Output down = muster(Duration.ofMinutes(3), "down");
    assertThat(down.exitCode()).as(down.text()).isZero();
    for (long pid : pids) {
      assertThat(runs(pid)).as("process %d lives after down", pid).isFalse();
    }
  }

  /**
   * Whether the process executes; one that has ended and waits to be reaped by its parent does not.
   */
  static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("muster")) || !Files.exists(folder.resolve("build"))) {
      folder = Objects.requireNonNull(folder.getParent(), "no checkout above the tests' folder");
    }
    return folder;
  }

  record Output(int exitCode, String text) {}
}
