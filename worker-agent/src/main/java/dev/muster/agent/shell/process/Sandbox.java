package dev.muster.agent.shell.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a command under bubblewrap: the host's files read-only, an empty {@code /tmp}, {@code /run},
 * {@code /root} and {@code /home}, nothing of the agent's folder but the command's own, processes
 * of its own, no capabilities. The network stays the host's. A sandboxed command is in a session of
 * its own below the sandbox's process. What it leaves behind is held together by the first process
 * inside, which has the command's environment: with its end the kernel ends all others.
 * Bubblewrap's {@code --die-with-parent} is not used: it is about the thread that started the
 * sandbox, and threads come and go.
 */
public final class Sandbox {
  private static final String PROGRAM = "bwrap";
  private static final String HOST_NAME = "worker";
  private static final long PROBE_SECONDS_MAX = 20;

  /** What a command has no business to see; a folder that is not there is left out. */
  private static final List<String> EMPTY = List.of("/tmp", "/var/tmp", "/run", "/root", "/home");

  private static final List<String> BLANK = List.of("/etc/shadow", "/etc/gshadow");

  /** Names are resolved by what {@code /etc/resolv.conf} may point to. */
  private static final String RESOLVER = "/run/systemd/resolve";

  private final Path program;
  private final Path agentFolder;
  private final List<String> frame;

  private Sandbox(Path program, Path agentFolder, List<Path> readable) {
    this.program = program;
    this.agentFolder = agentFolder;
    this.frame = frame(readable);
  }

  /**
   * Looks for a sandbox that works here.
   *
   * @param path where programs are looked for
   * @param agentFolder the agent's own folder, which commands must not see
   * @param readable files and folders that commands can read wherever they are
   * @return the sandbox, or nothing where bubblewrap is missing or the kernel refuses it
   */
  public static Optional<Sandbox> find(String path, Path agentFolder, List<Path> readable) {
    for (String folder : path.split(":")) {
      Path program = Path.of(folder, PROGRAM);
      if (!folder.isEmpty() && Files.isExecutable(program)) {
        Sandbox sandbox = new Sandbox(program, agentFolder, readable);
        return sandbox.works() ? Optional.of(sandbox) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The command that runs the given one inside, with its own folder alone.
   *
   * @throws StartFailedException when its program is not there
   */
  public Command wrap(Command command) throws StartFailedException {
    return wrap(command, List.of(command.folder()), List.of());
  }

  /**
   * The command that runs the given one inside.
   *
   * @param writable folders of the agent that it can read and write; its own is one or below one
   * @param readable folders of the agent that it can read
   * @throws StartFailedException when its program is not there
   */
  public Command wrap(Command command, List<Path> writable, List<Path> readable)
      throws StartFailedException {
    List<String> words = new ArrayList<>(frame);
    readable.forEach(one -> words.addAll(List.of("--ro-bind", one.toString(), one.toString())));
    writable.forEach(one -> words.addAll(List.of("--bind", one.toString(), one.toString())));
    words.addAll(List.of("--chdir", command.folder().toString(), "--"));
    words.add(Program.find(command).toString());
    words.addAll(command.words().subList(1, command.words().size()));
    return new Command(words, command.environment(), command.folder(), true);
  }

  private List<String> frame(List<Path> readable) {
    List<String> words =
        new ArrayList<>(List.of(program.toString(), "--ro-bind", "/", "/", "--dev", "/dev"));
    for (String device : nvidiaDevices()) {
      words.addAll(List.of("--dev-bind-try", device, device));
    }
    words.addAll(List.of("--proc", "/proc"));
    EMPTY.stream()
        .filter(folder -> Files.isDirectory(Path.of(folder)))
        .forEach(folder -> words.addAll(List.of("--tmpfs", folder)));
    words.addAll(List.of("--ro-bind-try", RESOLVER, RESOLVER));
    BLANK.stream()
        .filter(file -> Files.exists(Path.of(file)))
        .forEach(file -> words.addAll(List.of("--ro-bind", "/dev/null", file)));
    readable.forEach(file -> words.addAll(List.of("--ro-bind", file.toString(), file.toString())));
    // After what may be readable, which may contain it.
    words.addAll(List.of("--tmpfs", agentFolder.toString()));
    words.addAll(
        List.of(
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--hostname",
            HOST_NAME,
            "--cap-drop",
            "ALL",
            "--new-session"));
    return List.copyOf(words);
  }

  /** The driver's device files: a container runtime may have taken away those not granted. */
  private static List<String> nvidiaDevices() {
    try (Stream<Path> devices = Files.list(Path.of("/dev"))) {
      return devices.map(Path::toString).filter(name -> name.contains("nvidia")).sorted().toList();
    } catch (IOException e) {
      throw new IllegalStateException("Expected to list /dev, but it cannot be read", e);
    }
  }

  private boolean works() {
    try {
      Command probe = wrap(new Command(List.of("/bin/sh", "-c", "exit 0"), Map.of(), agentFolder));
      Process process =
          new ProcessBuilder(probe.words())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(PROBE_SECONDS_MAX, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      return ended && process.exitValue() == 0;
    } catch (IOException | StartFailedException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
