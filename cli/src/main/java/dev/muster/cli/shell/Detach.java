package dev.muster.cli.shell;

import java.util.concurrent.atomic.AtomicBoolean;

/** While open, Ctrl-C leaves the job running and says how to come back to it. */
public final class Detach implements AutoCloseable {
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread hook;

  /**
   * @param jobId the job that goes on
   */
  public Detach(Terminal terminal, String jobId) {
    hook =
        new Thread(() -> {
          if (closed.compareAndSet(false, true)) {
            terminal.say("\nThe job goes on. Come back with: muster watch " + jobId);
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
