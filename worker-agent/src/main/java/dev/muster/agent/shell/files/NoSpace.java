package dev.muster.agent.shell.files;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells a full disk from other failures. The JDK passes on what the C library says, and the agent
 * sets no language, so it says it in English.
 */
public final class NoSpace {
  private static final String WORDS = "No space left on device";
  private static final String QUOTA = "Disk quota exceeded";

  private NoSpace() {}

  /** Whether a failure, or what caused it, is a full disk. */
  public static boolean isCause(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof IOException
          && message != null
          && (message.contains(WORDS) || message.contains(QUOTA))) {
        return true;
      }
    }
    return false;
  }
}
