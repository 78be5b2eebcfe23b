package dev.muster.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of this machine, named so that a recycled pid is never mistaken for it. Linux only: it
 * is read from {@code /proc}.
 *
 * @param pid process id
 * @param startTicks start time in clock ticks since boot
 * @param bootId the kernel's id of the current boot; pids and ticks of another boot mean nothing
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The identity of a live process; empty when there is none of that pid, or only a zombie. */
  public static Optional<ProcessIdentity> of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The command's name, in parentheses, may hold anything; the fields after it are plain.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      if (fields[0].equals("Z") || fields[0].equals("X")) {
        return Optional.empty();
      }
      String boot = Files.readString(BOOT_ID).strip();
      return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[19]), boot));
    } catch (IOException e) {
      // The kernel's way to say that there is no such process.
      return Optional.empty();
    }
  }

  /** Whether this very process still runs. */
  public boolean isAlive() {
    return of(pid).equals(Optional.of(this));
  }

  /** Asks the process to end (SIGTERM). Does nothing when it is gone. */
  public void terminate() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Ends the process at once (SIGKILL). Does nothing when it is gone. */
  public void kill() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /**
   * Waits for the end of the process.
   *
   * @return whether it came in time
   */
  public boolean awaitEnd(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (isAlive()) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /**
   * Asks the process to end, and ends it when it takes longer than it may.
   *
   * @return whether it ended by itself
   */
  public boolean stop(Duration grace) {
    terminate();
    if (awaitEnd(grace)) {
      return true;
    }
    kill();
    awaitEnd(Duration.ofSeconds(10));
    return false;
  }
}
