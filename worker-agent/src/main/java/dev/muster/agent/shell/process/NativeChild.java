package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process that {@link NativeLauncher} started. The pump alone reads its pipes; signals may come
 * from any thread until it is reaped, after which its number may belong to somebody else.
 */
final class NativeChild implements Launcher.Child {
  /**
   * Commands whose exit status is not taken yet. There is one set because the kernel keeps one list
   * of children for the process; {@link Orphans} leaves these alone.
   */
  private static final Set<Integer> UNREAPED = ConcurrentHashMap.newKeySet();

  private final int pid;
  private final Launcher.Listener listener;
  private final int[] pipes;
  private final boolean wrapped;
  private boolean reaped;

  /** Set by the pump when the process has exited: when to stop waiting for its pipes. */
  long pipesDeadlineNanos;

  /** Used by the pump alone. */
  boolean exited;

  /** Used by the pump alone. */
  boolean ended;

  /** By which the pump knows its sources: the two pipes, then the exit. */
  final long[] keys = new long[3];

  NativeChild(
      int pid,
      NativeLauncher.Pipe out,
      NativeLauncher.Pipe err,
      boolean wrapped,
      Launcher.Listener listener) {
    this.pid = pid;
    this.wrapped = wrapped;
    this.pipes = new int[] {out.reader(), err.reader()};
    this.listener = listener;
    claim(pid);
  }

  /** Says that the exit status of this child is somebody's who will take it. */
  static void claim(int pid) {
    UNREAPED.add(pid);
  }

  /** The exit status was taken, or nobody wants it any more. */
  static void release(int pid) {
    UNREAPED.remove(pid);
  }

  /** Whether a process of this number is a command that the pump will take the exit status of. */
  static boolean isCommand(int pid) {
    return UNREAPED.contains(pid);
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public synchronized void terminate() {
    List<Integer> inside = inside();
    if (inside.isEmpty()) {
      signal(Libc.SIGTERM);
    }
    // The wrapper would end at once, and with it what is inside, without a grace.
    for (int child : inside) {
      Libc.kill(-child, Libc.SIGTERM);
    }
  }

  @Override
  public synchronized void kill() {
    // Without the wrapper, what is inside would go on.
    for (int child : inside()) {
      Libc.kill(child, Libc.SIGKILL);
    }
    signal(Libc.SIGKILL);
  }

  Launcher.Listener listener() {
    return listener;
  }

  /** The descriptor of standard output (0) or error (1), or -1 when it is closed. */
  int pipe(int stream) {
    return pipes[stream];
  }

  void closePipe(int stream) {
    Libc.close(pipes[stream]);
    pipes[stream] = -1;
  }

  boolean pipesClosed() {
    return pipes[0] < 0 && pipes[1] < 0;
  }

  /**
   * Kills what is left of the group, then takes the exit status. In this order: the unreaped leader
   * keeps the group's number from being given to another process.
   */
  synchronized ProcessEnd reap() {
    signal(Libc.SIGKILL);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      int answer;
      do {
        answer = Libc.waitpid(pid, status, 0);
      } while (answer < 0 && Libc.errno() == Libc.EINTR);
      reaped = true;
      release(pid);
      if (answer != pid) {
        throw new IllegalStateException(
            "Expected to take the exit status of a child, but the kernel answered " + Libc.errno());
      }
      return ProcessEnd.ofStatus(status.get(JAVA_INT, 0));
    }
  }

  private List<Integer> inside() {
    return wrapped && !reaped ? Orphans.childrenOf(pid) : List.of();
  }

  private void signal(int signal) {
    if (!reaped && Libc.kill(-pid, signal) != 0 && Libc.errno() != Libc.ESRCH) {
      throw new IllegalStateException(
          "Expected to signal a process group, but the kernel answered " + Libc.errno());
    }
  }
}
