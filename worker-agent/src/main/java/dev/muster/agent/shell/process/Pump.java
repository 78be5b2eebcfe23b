package dev.muster.agent.shell.process;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * One thread that waits, by epoll, for the output and the exit of every process. A process has
 * ended when it exited and its pipes are closed, or a second later: whoever else holds a pipe open
 * cannot hold up the end of the attempt.
 */
final class Pump implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Pump.class);
  private static final Duration PIPES_MAX = Duration.ofSeconds(1);
  private static final int EVENTS_MAX = 128;
  private static final int BUFFER_BYTES = 64 * 1024;

  /** Most reads at an exit: a pipe holds one buffer full, whoever still writes does not count. */
  private static final int LAST_READS_MAX = 4;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment events = arena.allocate((long) EVENTS_MAX * Libc.EPOLL_EVENT_BYTES);
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];
  private final MemorySegment heapBytes = MemorySegment.ofArray(bytes);
  private final Map<Long, Source> sources = new ConcurrentHashMap<>();
  private final AtomicLong keys = new AtomicLong();
  private final List<NativeChild> lingering = new ArrayList<>();
  private final int epoll = Libc.epollCreate();
  private final Thread thread =
      Thread.ofPlatform().name("process-pump").daemon().unstarted(this::run);
  private volatile boolean running = true;

  /** What an event is about. */
  private sealed interface Source {
    record Pipe(NativeChild child, int stream) implements Source {}

    record Exit(NativeChild child, int pidfd) implements Source {}
  }

  void start() {
    thread.start();
  }

  /** Listens to a child from now on. */
  void add(NativeChild child) throws StartFailedException {
    int pidfd = Libc.pidfdOpen(child.pid());
    if (pidfd < 0) {
      int error = Libc.errno();
      child.reap();
      throw new StartFailedException(
          "Expected to watch the command, but the worker's kernel refused it with error number "
              + error,
          false);
    }
    // The exit comes last: after it, nobody else writes the keys that the end takes out.
    for (int stream = 0; stream < 2; stream++) {
      child.keys[stream] = listen(child.pipe(stream), new Source.Pipe(child, stream));
    }
    long key = keys.incrementAndGet();
    child.keys[2] = key;
    listen(key, pidfd, new Source.Exit(child, pidfd));
  }

  /** Stops the thread; processes that still run are not heard any more. */
  @Override
  public void close() {
    running = false;
  }

  private long listen(int fd, Source source) {
    long key = keys.incrementAndGet();
    listen(key, fd, source);
    return key;
  }

  private void listen(long key, int fd, Source source) {
    sources.put(key, source);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment event = call.allocate(16, 8);
      event.set(JAVA_INT_UNALIGNED, 0, Libc.EPOLLIN);
      event.set(JAVA_LONG_UNALIGNED, Libc.EPOLL_DATA_OFFSET, key);
      if (Libc.epollCtl(epoll, Libc.EPOLL_CTL_ADD, fd, event) != 0) {
        throw new IllegalStateException(
            "Expected to listen to a process, but the kernel answered " + Libc.errno());
      }
    }
  }

  private void run() {
    while (running) {
      int count = Libc.epollWait(epoll, events, EVENTS_MAX, lingering.isEmpty() ? 500 : 20);
      for (int i = 0; i < count; i++) {
        long at = (long) i * Libc.EPOLL_EVENT_BYTES + Libc.EPOLL_DATA_OFFSET;
        long key = events.get(JAVA_LONG_UNALIGNED, at);
        safely(() -> handle(key));
      }
      if (!lingering.isEmpty()) {
        endLingering();
      }
    }
  }

  /** Events of a source that an earlier event of the same batch has closed are nothing. */
  private void handle(long key) {
    Source source = sources.get(key);
    switch (source) {
      case null -> {}
      case Source.Pipe(NativeChild child, int stream) -> {
        if (!read(child, stream)) {
          sources.remove(key);
          endIfDone(child);
        }
      }
      case Source.Exit(NativeChild child, int pidfd) -> {
        unlisten(pidfd);
        Libc.close(pidfd);
        child.exited = true;
        for (int stream = 0; stream < 2; stream++) {
          for (int i = 0; i < LAST_READS_MAX && read(child, stream); i++) {}
        }
        child.pipesDeadlineNanos = System.nanoTime() + PIPES_MAX.toNanos();
        if (!endIfDone(child)) {
          lingering.add(child);
        }
      }
    }
  }

  /** Reads what a pipe has, at most a buffer full; false when it is closed. */
  private boolean read(NativeChild child, int stream) {
    int fd = child.pipe(stream);
    if (fd < 0) {
      return false;
    }
    long count = Libc.read(fd, buffer, BUFFER_BYTES);
    if (count > 0) {
      MemorySegment.copy(buffer, 0, heapBytes, 0, count);
      safely(() -> child.listener().wrote(stream == 1, bytes, (int) count));
      return true;
    }
    if (count < 0 && (Libc.errno() == Libc.EAGAIN || Libc.errno() == Libc.EINTR)) {
      return true;
    }
    close(child, stream);
    return false;
  }

  private void close(NativeChild child, int stream) {
    if (child.pipe(stream) >= 0) {
      unlisten(child.pipe(stream));
      child.closePipe(stream);
    }
  }

  /**
   * Closing is not enough: a process that is just being started elsewhere has a copy of every
   * descriptor until its exec, which keeps the event alive and would make this thread spin.
   */
  private void unlisten(int fd) {
    Libc.epollCtl(epoll, Libc.EPOLL_CTL_DEL, fd, MemorySegment.NULL);
  }

  private boolean endIfDone(NativeChild child) {
    if (!child.exited || !child.pipesClosed()) {
      return false;
    }
    end(child);
    return true;
  }

  private void end(NativeChild child) {
    if (child.ended) {
      return;
    }
    child.ended = true;
    lingering.remove(child);
    for (long key : child.keys) {
      sources.remove(key);
    }
    for (int stream = 0; stream < 2; stream++) {
      close(child, stream);
    }
    ProcessEnd end = child.reap();
    child.listener().ended(end);
  }

  private void endLingering() {
    long now = System.nanoTime();
    for (NativeChild child : List.copyOf(lingering)) {
      if (now - child.pipesDeadlineNanos >= 0) {
        safely(() -> end(child));
      }
    }
  }

  /** What fails for one process must not stop the thread that hears all the others. */
  private static void safely(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("Expected to hear a process out, but it failed", e);
    }
  }
}
