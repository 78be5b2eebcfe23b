package dev.muster.agent.shell.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is to be started.
 *
 * @param words the program and its arguments, at least one
 * @param environment the whole environment, nothing is inherited; its {@code PATH} finds the
 *     program
 * @param folder where it starts
 * @param wrapped whether the program runs another one in a session of its own, to which signals are
 *     meant that ask to end
 */
public record Command(
    List<String> words, Map<String, String> environment, Path folder, boolean wrapped) {
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** A program that is the command itself. */
  public Command(List<String> words, Map<String, String> environment, Path folder) {
    this(words, environment, folder, false);
  }
}
