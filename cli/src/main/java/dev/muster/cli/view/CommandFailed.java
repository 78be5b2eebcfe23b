package dev.muster.cli.view;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot go on. Unwinds to the one place that prints the sentence and ends with the exit
 * code; never printed with a stack trace.
 */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode exitCode;
  private final transient @Nullable Json problem;

  /**
   * @param exitCode how the process ends
   * @param sentence what to tell the user; further lines hold details
   */
  public CommandFailed(ExitCode exitCode, String sentence) {
    this(exitCode, sentence, null);
  }

  /**
   * @param problem the server's problem document, shown instead of the sentence in JSON mode
   */
  public CommandFailed(ExitCode exitCode, String sentence, @Nullable Json problem) {
    super(sentence, null, false, false);
    this.exitCode = exitCode;
    this.problem = problem;
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to tell the user. */
  public String sentence() {
    String message = getMessage();
    return message == null ? exitCode.meaning() : message;
  }

  public @Nullable Json problem() {
    return problem;
  }
}
