package dev.muster.local.demo;

/** What the demo needs of the stack in the current folder. */
public interface LocalStack {
  /** Whether any component of it lives. */
  boolean anyLive();

  /**
   * Starts what does not live, in the background, and returns when all is healthy. Tells people
   * about it on standard error only.
   *
   * @return exit code, 0 when all is healthy
   */
  int up();

  /**
   * Stops everything. Prints nothing on standard output: the demo's last line has been printed. May
   * be called from a shutdown hook, also while {@link #up()} runs.
   */
  void down();

  /** The command that runs the client with these arguments in the current folder. */
  ProcessBuilder client(String... arguments);
}
