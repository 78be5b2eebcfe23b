package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * A small process that outlives this one by a moment and kills what it started. It waits at the
 * reading end of a pipe whose other end only this process holds: whatever ends this process, the
 * kernel closes the pipe. Then the keeper kills every process whose environment has the marker,
 * wherever it went, and all that is left in the control groups. One keeper serves all commands, so
 * a command costs nothing more; a death signal (PR_SET_PDEATHSIG) would reach only the command
 * itself, and would need an exec more to be set.
 */
public final class Keeper implements AutoCloseable {
  private static final String NAME = "MUSTER_KEEPER_OF";
  private static final Logger LOG = Logger.getLogger(Keeper.class);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  /**
   * {@code $1} is the marker, {@code $2} a folder of control groups or nothing. The signals that
   * are ignored may be meant for the whole terminal. Each round is one look at all processes; what
   * is killed may have been forking, so it ends with a round that finds nothing.
   */
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM
      read -r nothing
      round=0
      while [ "$round" -lt 200 ]; do
        if [ -n "$2" ]; then
          for group in "$2"/*/cgroup.kill; do
            [ -e "$group" ] && echo 1 > "$group"
          done
        fi
        found=$(grep -lsF -e "$1" /proc/[0-9]*/environ)
        [ -z "$found" ] && exit 0
        for file in $found; do
          pid=${file#/proc/}
          kill -KILL "${pid%/environ}"
        done
        round=$((round + 1))
      done 2> /dev/null
      """;

  private final String owner;
  private final String marker;
  private final String groups;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment attributes = Libc.spawnAttributes(arena);
  private int pid = -1;
  private int writer = -1;

  /**
   * @param owner whose keeper it is, by which {@link #isOf} finds it
   * @param marker a text that the environments of the commands contain and no others
   * @param groups a folder whose folders are control groups of commands, or blank
   */
  public Keeper(String owner, String marker, String groups) {
    if (marker.isBlank() || marker.indexOf('\n') >= 0 || owner.contains(marker)) {
      throw new IllegalArgumentException(
          "Expected a marker of one line that only commands have, but it is something else");
    }
    this.owner = owner;
    this.marker = marker;
    this.groups = groups;
  }

  /** Whether an environment is that of a keeper of this owner. */
  public static boolean isOf(String owner, String environment) {
    return environment.contains(NAME + "=" + owner + "\0");
  }

  /** Starts the process, or starts it again when somebody has killed it. */
  public synchronized void ensure() throws StartFailedException {
    if (pid >= 0 && !hasEnded()) {
      return;
    }
    if (pid >= 0) {
      LOG.warn("Expected the keeper to live as long as the agent, but it ended; starting another");
      release();
    }
    start();
  }

  /** Lets the keeper look for leftovers a last time and waits for its end. */
  @Override
  public synchronized void close() {
    if (pid < 0) {
      return;
    }
    Libc.close(writer);
    writer = -1;
    long deadline = System.nanoTime() + CLOSE_MAX.toNanos();
    boolean ended = hasEnded();
    while (!ended && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      ended = hasEnded();
    }
    if (!ended) {
      LOG.warn("Expected the keeper to end after the agent's commands, but it goes on; killing it");
      Libc.kill(pid, Libc.SIGKILL);
    }
    release();
  }

  private void start() throws StartFailedException {
    Command command =
        new Command(
            List.of("/bin/sh", "-c", SCRIPT, "muster-keeper", marker, groups),
            Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", NAME, owner),
            Path.of("/"));
    try (Arena call = Arena.ofConfined()) {
      NativeLauncher.Pipe pipe = NativeLauncher.Pipe.open(call);
      try {
        pid = NativeLauncher.spawn(call, attributes, command, new int[] {pipe.blocking(), -1, -1});
        NativeChild.claim(pid);
        writer = pipe.writer();
      } catch (StartFailedException e) {
        Libc.close(pipe.writer());
        throw e;
      } finally {
        Libc.close(pipe.reader());
      }
    }
  }

  private boolean hasEnded() {
    try (Arena call = Arena.ofConfined()) {
      return Libc.waitpid(pid, call.allocate(JAVA_INT), Libc.WNOHANG) != 0;
    }
  }

  private void release() {
    NativeChild.release(pid);
    pid = -1;
    if (writer >= 0) {
      Libc.close(writer);
      writer = -1;
    }
  }
}
