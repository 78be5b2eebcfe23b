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
 */
public record Command(List<String> words, Map<String, String> environment, Path folder) {
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }
}
