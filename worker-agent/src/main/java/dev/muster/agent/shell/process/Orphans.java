package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds and ends descendants that left their group (double fork, setsid). The kernel gives such a
 * process to this one, the subreaper, when its parent dies, and lists it among the children of the
 * main thread. A command is there too once the thread that started it is gone; the pump takes its
 * exit status, so it is left alone here. Whose an orphan is tells a marker in the environment it
 * inherited.
 *
 * <p>Only own children are signalled, so a process number cannot have changed hands; what they
 * leave behind becomes a child in its turn, and the next round finds it.
 */
public final class Orphans {
  private static final int ROUND_MILLIS = 2;

  private final Path adopted;
  private final Path proc = Path.of("/proc");
  private final Object lock = new Object();

  /** Whatever this process had started before it ran commands, such as a test's own broker. */
  private final Set<Long> strangers =
      ProcessHandle.current()
          .descendants()
          .map(ProcessHandle::pid)
          .collect(Collectors.toUnmodifiableSet());

  /** Made before the first command is started. */
  public Orphans() {
    long self = ProcessHandle.current().pid();
    this.adopted = Path.of("/proc/self/task/" + self + "/children");
  }

  /**
   * Kills every adopted descendant whose environment says it belongs to the caller, and takes the
   * exit status of all that are dead.
   *
   * @param mine judges an environment, {@code NAME=value} texts each ended by a NUL
   * @param limit how long to try at most
   * @return whether none is left
   */
  public boolean kill(Predicate<String> mine, Duration limit) {
    if (children().isEmpty()) {
      return true;
    }
    synchronized (lock) {
      long deadline = System.nanoTime() + limit.toNanos();
      while (killRound(mine)) {
        if (System.nanoTime() - deadline >= 0) {
          return false;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS));
      }
      return true;
    }
  }

  /**
   * Kills every process of the host whose environment matches: what a former agent left behind when
   * it crashed.
   *
   * @return how many processes were killed
   */
  public int killAnywhere(Predicate<String> mine, Duration limit) {
    int self = (int) ProcessHandle.current().pid();
    int killed = 0;
    long deadline = System.nanoTime() + limit.toNanos();
    boolean found = true;
    while (found && System.nanoTime() - deadline < 0) {
      found = false;
      for (int pid : allProcesses()) {
        if (pid != self && mine.test(environment(pid))) {
          Libc.kill(pid, Libc.SIGKILL);
          killed++;
          found = true;
        }
      }
      if (found) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 * ROUND_MILLIS));
      }
    }
    return killed;
  }

  /** One look at all adopted children; whether one of the caller's still lived. */
  private boolean killRound(Predicate<String> mine) {
    boolean alive = false;
    for (int pid : children()) {
      if (reap(pid)) {
        // A dead parent's children are adopted next.
        alive = true;
      } else if (mine.test(environment(pid))) {
        Libc.kill(pid, Libc.SIGKILL);
        alive = true;
      }
    }
    return alive;
  }

  private static boolean reap(int pid) {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.waitpid(pid, arena.allocate(JAVA_INT), Libc.WNOHANG) == pid;
    }
  }

  private List<Integer> children() {
    return numbers(adopted).stream()
        .filter(pid -> !strangers.contains((long) pid) && !NativeChild.isCommand(pid))
        .toList();
  }

  /** The children of a process's first thread. */
  static List<Integer> childrenOf(int pid) {
    return numbers(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
  }

  private static List<Integer> numbers(Path file) {
    List<Integer> numbers = new ArrayList<>();
    for (String text : text(file).split(" ")) {
      if (!text.isBlank()) {
        numbers.add(Integer.valueOf(text.trim()));
      }
    }
    return numbers;
  }

  private List<Integer> allProcesses() {
    List<Integer> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      entries.forEach(entry -> pids.add(Integer.valueOf(entry.getFileName().toString())));
    } catch (IOException e) {
      throw new IllegalStateException("Expected to list /proc, but it cannot be read", e);
    }
    return pids;
  }

  private String environment(int pid) {
    return text(proc.resolve(pid + "/environ"));
  }

  /** The file's text, or nothing when the process is gone or not ours to look at. */
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
