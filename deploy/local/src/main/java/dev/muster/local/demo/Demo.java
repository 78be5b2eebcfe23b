package dev.muster.local.demo;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs the client's demo on a stack, and leaves the machine as it was found. */
public final class Demo {
  private static final int INTERRUPTED = 130;

  private final LocalStack stack;
  private final boolean keep;
  private final AtomicReference<@Nullable Process> client = new AtomicReference<>();
  private boolean cleaned;

  private Demo(LocalStack stack, boolean keep) {
    this.stack = stack;
    this.keep = keep;
  }

  /**
   * Runs the demo.
   *
   * @param stack the stack of the current folder
   * @param keep whether to leave a stack up that the demo started
   * @return the exit code: the client's, or that of a start that failed
   */
  public static int run(LocalStack stack, boolean keep) throws InterruptedException {
    return new Demo(stack, keep).run();
  }

  private int run() throws InterruptedException {
    boolean foundRunning = stack.anyLive();
    boolean leave = keep || foundRunning;
    // Ctrl-C and SIGTERM end the JVM at once; what was started must not outlive it.
    var hook = new Thread(() -> clean(foundRunning));
    Runtime.getRuntime().addShutdownHook(hook);
    int code = stack.up();
    if (code == 0) {
      code = runClient(leave);
    }
    clean(code == INTERRUPTED ? foundRunning : leave);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends already; the hook finds everything cleaned.
    }
    return code;
  }

  private int runClient(boolean leave) throws InterruptedException {
    ProcessBuilder builder = leave ? stack.client("demo", "--keep") : stack.client("demo");
    Process process;
    try {
      process = builder.inheritIO().start();
    } catch (IOException e) {
      System.err.println("muster: Expected to run the client, but " + e.getMessage());
      return 1;
    }
    client.set(process);
    return process.waitFor();
  }

  /** Under a lock: the JVM must not end while the other caller is still taking the stack down. */
  private synchronized void clean(boolean leave) {
    if (cleaned) {
      return;
    }
    cleaned = true;
    Process process = client.get();
    if (process != null && process.isAlive()) {
      process.destroy();
    }
    if (!leave) {
      stack.down();
    }
  }
}
