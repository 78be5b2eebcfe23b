package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library's functions that the agent calls, and the kernel's numbers they take (the same on
 * x86-64 and aarch64 unless said). Each returns what C returns; {@link #errno()} is the error of
 * this thread's last call that failed.
 */
final class Libc {
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EPOLLIN = 1;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int RLIMIT_FSIZE = 1;
  static final int RLIMIT_CORE = 4;
  static final int WNOHANG = 1;
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final short SPAWN_SETSIGDEF = 0x04;
  static final short SPAWN_SETSIGMASK = 0x08;
  static final short SPAWN_SETSID = 0x80;

  /** {@code struct epoll_event} is packed on x86-64 alone (epoll_ctl(2)). */
  static final boolean EPOLL_PACKED = "amd64".equals(System.getProperty("os.arch"));

  static final int EPOLL_EVENT_BYTES = EPOLL_PACKED ? 12 : 16;
  static final int EPOLL_DATA_OFFSET = EPOLL_PACKED ? 4 : 8;

  private static final int F_SETFL = 4;
  private static final int SYS_PIDFD_OPEN = 434;
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

  private static final MethodHandle PIPE2 = withErrno("pipe2", ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = withErrno("close", JAVA_INT);
  private static final MethodHandle KILL = withErrno("kill", JAVA_INT, JAVA_INT);
  private static final MethodHandle WAITPID = withErrno("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle UMASK = withErrno("umask", JAVA_INT);
  private static final MethodHandle GETRLIMIT = withErrno("getrlimit", JAVA_INT, ADDRESS);
  private static final MethodHandle SETRLIMIT = withErrno("setrlimit", JAVA_INT, ADDRESS);
  private static final MethodHandle EPOLL_CREATE1 = withErrno("epoll_create1", JAVA_INT);
  private static final MethodHandle EPOLL_CTL =
      withErrno("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle EPOLL_WAIT =
      withErrno("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle READ =
      LINKER.downcallHandle(
          symbol("read"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle FCNTL =
      LINKER.downcallHandle(
          symbol("fcntl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          symbol("syscall"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(1),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle PRCTL =
      LINKER.downcallHandle(
          symbol("prctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
          Linker.Option.firstVariadicArg(1),
          Linker.Option.captureCallState("errno"));

  private static final MethodHandle SPAWN =
      plain("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT = plain("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      plain("posix_spawn_file_actions_destroy", ADDRESS);
  private static final MethodHandle ACTIONS_OPEN =
      plain("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACTIONS_DUP2 =
      plain("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACTIONS_CHDIR =
      plain("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      plain("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
  private static final MethodHandle ATTR_INIT = plain("posix_spawnattr_init", ADDRESS);
  private static final MethodHandle ATTR_FLAGS =
      plain("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final MethodHandle ATTR_SIGMASK =
      plain("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_SIGDEFAULT =
      plain("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private static final MethodHandle SIG_EMPTY = plain("sigemptyset", ADDRESS);
  private static final MethodHandle SIG_FILL = plain("sigfillset", ADDRESS);

  private Libc() {}

  /** The error number of this thread's last failed call. */
  static int errno() {
    return (int) ERRNO.get(STATE.get(), 0L);
  }

  static int pipe2(MemorySegment twoInts, int flags) {
    return call(() -> (int) PIPE2.invokeExact(STATE.get(), twoInts, flags));
  }

  static int close(int fd) {
    return call(() -> (int) CLOSE.invokeExact(STATE.get(), fd));
  }

  static int setNonBlocking(int fd) {
    return call(() -> (int) FCNTL.invokeExact(STATE.get(), fd, F_SETFL, O_NONBLOCK));
  }

  static int setBlocking(int fd) {
    return call(() -> (int) FCNTL.invokeExact(STATE.get(), fd, F_SETFL, 0));
  }

  static int kill(int pid, int signal) {
    return call(() -> (int) KILL.invokeExact(STATE.get(), pid, signal));
  }

  static int waitpid(int pid, MemorySegment status, int options) {
    return call(() -> (int) WAITPID.invokeExact(STATE.get(), pid, status, options));
  }

  static long read(int fd, MemorySegment buffer, long length) {
    return call(() -> (long) READ.invokeExact(STATE.get(), fd, buffer, length));
  }

  static int epollCreate() {
    return call(() -> (int) EPOLL_CREATE1.invokeExact(STATE.get(), O_CLOEXEC));
  }

  static int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
    return call(() -> (int) EPOLL_CTL.invokeExact(STATE.get(), epoll, operation, fd, event));
  }

  static int epollWait(int epoll, MemorySegment events, int max, int timeoutMillis) {
    return call(() -> (int) EPOLL_WAIT.invokeExact(STATE.get(), epoll, events, max, timeoutMillis));
  }

  static int pidfdOpen(int pid) {
    return call(() -> (int) (long) SYSCALL.invokeExact(STATE.get(), (long) SYS_PIDFD_OPEN, pid, 0));
  }

  static int umask(int mask) {
    return call(() -> (int) UMASK.invokeExact(STATE.get(), mask));
  }

  /** Sets both values of a resource limit of this process, unless they are as low already. */
  static int lowerLimit(int resource, long value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(JAVA_LONG, 2);
      return call(() -> {
        int failed = (int) GETRLIMIT.invokeExact(STATE.get(), resource, limit);
        for (int i = 0; i < 2 && failed == 0; i++) {
          // RLIM_INFINITY has all bits set.
          if (Long.compareUnsigned(value, limit.getAtIndex(JAVA_LONG, i)) < 0) {
            limit.setAtIndex(JAVA_LONG, i, value);
          }
        }
        return failed == 0 ? (int) SETRLIMIT.invokeExact(STATE.get(), resource, limit) : failed;
      });
    }
  }

  /** Orphaned descendants become children of this process instead of init's. */
  static int becomeSubreaper() {
    return call(() -> (int) PRCTL.invokeExact(STATE.get(), PR_SET_CHILD_SUBREAPER, 1L));
  }

  /** Returns 0 or an error number, as posix_spawn(3) does. */
  static int spawn(
      MemorySegment pid,
      MemorySegment path,
      MemorySegment actions,
      MemorySegment attributes,
      MemorySegment argv,
      MemorySegment envp) {
    return call(() -> (int) SPAWN.invokeExact(pid, path, actions, attributes, argv, envp));
  }

  /**
   * File actions: standard input, output and error from and to these descriptors, or {@code
   * /dev/null} for -1; everything else closed, and the folder to start in.
   */
  static MemorySegment fileActions(Arena arena, int[] standard, String folder) {
    MemorySegment actions = arena.allocate(512, 16);
    MemorySegment devNull = arena.allocateFrom("/dev/null");
    MemorySegment directory = arena.allocateFrom(folder);
    return call(() -> {
      int failed = (int) ACTIONS_INIT.invokeExact(actions);
      for (int fd = 0; fd < standard.length; fd++) {
        int flags = fd == 0 ? O_RDONLY : O_WRONLY;
        failed |=
            standard[fd] < 0
                ? (int) ACTIONS_OPEN.invokeExact(actions, fd, devNull, flags, 0)
                : (int) ACTIONS_DUP2.invokeExact(actions, standard[fd], fd);
      }
      failed |= (int) ACTIONS_CHDIR.invokeExact(actions, directory);
      failed |= (int) ACTIONS_CLOSE_FROM.invokeExact(actions, 3);
      if (failed != 0) {
        throw new IllegalStateException(
            "Expected to set up a process, but the C library answered " + failed);
      }
      return actions;
    });
  }

  static int destroyFileActions(MemorySegment actions) {
    return call(() -> (int) ACTIONS_DESTROY.invokeExact(actions));
  }

  /** Attributes: an own session, no signal blocked, none ignored. They may be used many times. */
  static MemorySegment spawnAttributes(Arena arena) {
    MemorySegment attributes = arena.allocate(512, 16);
    MemorySegment signals = arena.allocate(128, 16);
    short flags = SPAWN_SETSID | SPAWN_SETSIGDEF | SPAWN_SETSIGMASK;
    return call(() -> {
      int failed = (int) ATTR_INIT.invokeExact(attributes);
      failed |= (int) SIG_EMPTY.invokeExact(signals);
      failed |= (int) ATTR_SIGMASK.invokeExact(attributes, signals);
      failed |= (int) SIG_FILL.invokeExact(signals);
      failed |= (int) ATTR_SIGDEFAULT.invokeExact(attributes, signals);
      failed |= (int) ATTR_FLAGS.invokeExact(attributes, flags);
      if (failed != 0) {
        throw new IllegalStateException(
            "Expected to set up a process, but the C library answered " + failed);
      }
      return attributes;
    });
  }

  private interface Call<T> {
    T run() throws Throwable;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Expected a call into the C library, but it threw", e);
    }
  }

  private static MemorySegment symbol(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(
            () -> new UnsatisfiedLinkError("Expected the C library to have " + name + ", but no"));
  }

  private static MethodHandle plain(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle withErrno(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(JAVA_INT, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
