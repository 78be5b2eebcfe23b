package dev.muster.agent.shell.files;

import dev.muster.contracts.task.AttemptEnd;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What became of the files that an attempt needs before its command starts. */
public sealed interface Bringing {
  /**
   * They are there.
   *
   * @param project where in the attempt's copy of its project the command starts; null without one
   * @param environment the virtual environment that the project asks for; null without one
   * @param release to be run when the command has ended
   */
  record Ready(@Nullable Path project, @Nullable Path environment, Runnable release)
      implements Bringing {
    /** Nothing was needed. */
    public static Ready nothing() {
      return new Ready(null, null, () -> {});
    }
  }

  /**
   * They cannot be had.
   *
   * @param end how the attempt ended by that
   */
  record Failed(AttemptEnd end) implements Bringing {}
}
