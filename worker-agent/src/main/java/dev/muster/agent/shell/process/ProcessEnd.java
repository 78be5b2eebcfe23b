package dev.muster.agent.shell.process;

import org.jspecify.annotations.Nullable;

/**
 * How a process ended; one of the two is set.
 *
 * @param exitCode what it exited with, 0 to 255
 * @param signal the signal that ended it
 */
public record ProcessEnd(@Nullable Integer exitCode, @Nullable Integer signal) {
  /** Reads the status word of waitpid(2). */
  static ProcessEnd ofStatus(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? new ProcessEnd((status >> 8) & 0xff, null) : new ProcessEnd(null, signal);
  }
}
