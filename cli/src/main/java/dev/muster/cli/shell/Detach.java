package dev.muster.cli.shell;

import java.util.concurrent.atomic.AtomicBoolean;

/** While open, Ctrl-C leaves the job as it is and says how to come back to it. */
public final class Detach implements AutoCloseable {
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread hook;

  /**
   * @param sentence what becomes of the job, and how to come back
   */
  public Detach(Terminal terminal, String sentence) {
    hook =
        new Thread(() -> {
          if (closed.compareAndSet(false, true)) {
            terminal.say("\n" + sentence);
          }
        });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process ends already; the hook sees that it is closed and says nothing.
      }
    }
  }
}
