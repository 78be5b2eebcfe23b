package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts processes by posix_spawn(3): one vfork and one exec, where the JDK's own way takes two
 * execs and 2.6 times the CPU. One {@link Pump} thread hears all of them.
 */
public final class NativeLauncher implements Launcher {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment attributes = Libc.spawnAttributes(arena);
  private final Pump pump = new Pump();

  /** Makes this process the one that adopts orphaned descendants, and starts the pump. */
  public NativeLauncher() {
    if (Libc.becomeSubreaper() != 0) {
      throw new IllegalStateException(
          "Expected to become a subreaper, but the kernel answered " + Libc.errno());
    }
    pump.start();
  }

  @Override
  public Child launch(Command command, Listener listener) throws StartFailedException {
    try (Arena call = Arena.ofConfined()) {
      Pipe out = Pipe.open(call);
      Pipe err = null;
      try {
        err = Pipe.open(call);
        NativeChild child =
            new NativeChild(
                spawn(call, attributes, command, new int[] {-1, out.writer(), err.writer()}),
                out,
                err,
                command.wrapped(),
                listener);
        pump.add(child);
        return child;
      } catch (StartFailedException e) {
        Libc.close(out.reader());
        if (err != null) {
          Libc.close(err.reader());
        }
        throw e;
      } finally {
        Libc.close(out.writer());
        if (err != null) {
          Libc.close(err.writer());
        }
      }
    }
  }

  @Override
  public void close() {
    pump.close();
  }

  /**
   * Starts a program and returns its process id.
   *
   * @param standard the descriptors it gets as 0, 1 and 2; -1 for the null device
   */
  static int spawn(Arena call, MemorySegment attributes, Command command, int[] standard)
      throws StartFailedException {
    Path program = Program.find(command);
    MemorySegment actions = Libc.fileActions(call, standard, command.folder().toString());
    try {
      MemorySegment pid = call.allocate(JAVA_INT);
      int error =
          Libc.spawn(
              pid,
              call.allocateFrom(program.toString()),
              actions,
              attributes,
              strings(call, command.words()),
              strings(call, environment(command.environment())));
      if (error != 0) {
        throw refused(command.words().getFirst(), error);
      }
      return pid.get(JAVA_INT, 0);
    } finally {
      Libc.destroyFileActions(actions);
    }
  }

  private static StartFailedException refused(String word, int error) {
    String start = "Expected to start '" + word + "', but ";
    return switch (error) {
      case 2 -> new StartFailedException(start + "its interpreter is not on the worker", true);
      case 7 -> new StartFailedException(start + "its arguments are too long", true);
      case 8 ->
          new StartFailedException(
              start + "it is no program for this machine, or a script without a #! line", true);
      case 13 -> new StartFailedException(start + "it may not be executed", true);
      default ->
          new StartFailedException(
              start + "the worker's kernel refused it with error number " + error, false);
    };
  }

  private static List<String> environment(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  /** A NULL-ended array of C strings. */
  private static MemorySegment strings(Arena call, List<String> texts) {
    MemorySegment array = call.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, call.allocateFrom(texts.get(i)));
    }
    array.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
    return array;
  }

  /**
   * A pipe, closed on exec; only the reading end does not block.
   *
   * @param reader descriptor
   * @param writer descriptor
   */
  record Pipe(int reader, int writer) {
    /** The reading end for a process that waits for what comes. */
    int blocking() {
      Libc.setBlocking(reader);
      return reader;
    }

    static Pipe open(Arena call) throws StartFailedException {
      MemorySegment ends = call.allocate(JAVA_INT, 2);
      if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0) {
        throw new StartFailedException(
            "Expected to start the command, but the worker has no file descriptors left", false);
      }
      Pipe pipe = new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
      Libc.setNonBlocking(pipe.reader());
      return pipe;
    }
  }
}
