package dev.muster.agent.shell.process;

/** Starts processes. */
public interface Launcher extends AutoCloseable {
  /**
   * Starts a process in a session of its own. The listener hears from it on the launcher's thread
   * and must not block there.
   *
   * @throws StartFailedException when it cannot be started; then the listener hears nothing
   */
  Child launch(Command command, Listener listener) throws StartFailedException;

  @Override
  void close();

  /** A started process and all that stayed in its group. */
  interface Child {
    /** Its process id, which is its group's and session's too. */
    int pid();

    /** Asks the whole group to end; nothing happens when it has. */
    void terminate();

    /** Ends the whole group by force; nothing happens when it has. */
    void kill();
  }

  /** Hears what a process does, one call at a time. */
  interface Listener {
    /** It wrote these bytes; the array is only lent for the call. */
    void wrote(boolean toStandardError, byte[] bytes, int length);

    /** It ended, its group was killed, and nothing more will be heard. */
    void ended(ProcessEnd end);
  }
}
