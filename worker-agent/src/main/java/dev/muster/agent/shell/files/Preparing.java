package dev.muster.agent.shell.files;

import dev.muster.agent.shell.process.Command;
import dev.muster.agent.shell.process.Launcher;
import dev.muster.agent.shell.process.StartFailedException;
import java.nio.file.Path;

/** Starts programs that prepare an attempt: contained as the attempt's command is, not less. */
@FunctionalInterface
public interface Preparing {
  /**
   * Starts one.
   *
   * @param writable a folder beside the attempt's own that it can write
   * @throws StartFailedException when it cannot be started
   */
  Launcher.Child start(Command command, Path writable, Launcher.Listener listener)
      throws StartFailedException;
}
