package dev.muster.local;

import dev.muster.stack.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Processes of a stack that no state file knows: of a launcher that died between start and note,
 * and tasks whose worker was killed. Only what is provably of this stack is touched.
 */
final class Leftovers {
  /** Every process of a stack has this variable, with the absolute path of its folder. */
  static final String MARK = "MUSTER_STACK";

  /** The field of /proc/PID/stat that is 0 without a terminal, counted after the name. */
  private static final int TTY_FIELD = 4;

  private final StackFolder folder;

  Leftovers(StackFolder folder) {
    this.folder = folder;
  }

  /** Ends all of them. */
  int end() {
    Set<ProcessIdentity> found = find();
    found.forEach(ProcessIdentity::terminate);
    long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
    for (ProcessIdentity process : found) {
      process.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      process.kill();
    }
    found.forEach(process -> process.awaitEnd(Duration.ofSeconds(5)));
    return found.size();
  }

  private Set<ProcessIdentity> find() {
    List<Path> workers = Component.workers().stream().map(folder::data).toList();
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> isMarked(pid) || isTaskOf(pid, workers))
        .map(ProcessIdentity::of)
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }

  private boolean isMarked(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
      String environment = "\0" + new String(bytes, StandardCharsets.UTF_8);
      return environment.contains("\0" + MARK + "=" + folder.root() + "\0");
    } catch (IOException e) {
      // Gone by now, or another user's: not ours in either case.
      return false;
    }
  }

  /** A task has a clean environment, but works below its worker's folder and has no terminal. */
  private static boolean isTaskOf(long pid, List<Path> workers) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      Path cwd = Files.readSymbolicLink(process.resolve("cwd"));
      if (workers.stream().noneMatch(cwd::startsWith)) {
        return false;
      }
      String stat = Files.readString(process.resolve("stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[TTY_FIELD].equals("0");
    } catch (IOException e) {
      // As above.
      return false;
    }
  }
}
