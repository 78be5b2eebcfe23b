package dev.muster.agent.shell.process;

/** A process could not be started. The message is a sentence for the job's owner. */
public final class StartFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final boolean commandsFault;

  /**
   * @param commandsFault whether the command itself is wrong; otherwise the host was short of
   *     something and another try may work
   */
  public StartFailedException(String reason, boolean commandsFault) {
    super(reason, null, false, false);
    this.reason = reason;
    this.commandsFault = commandsFault;
  }

  /** One sentence for the job's owner. */
  public String reason() {
    return reason;
  }

  public boolean isCommandsFault() {
    return commandsFault;
  }
}
