package dev.muster.agent.shell.process;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds the file of a program the way a shell does, but in the clean environment's PATH. */
final class Program {
  private Program() {}

  /**
   * The program's file.
   *
   * @throws StartFailedException when there is none that may be executed
   */
  static Path find(Command command) throws StartFailedException {
    String word = command.words().getFirst();
    for (String each : command.words()) {
      if (each.indexOf('\0') >= 0) {
        throw new StartFailedException(
            "Expected command words without NUL characters, but one has some", true);
      }
    }
    try {
      if (word.indexOf('/') >= 0) {
        return checked(word, command.folder().resolve(word));
      }
      if (!word.isEmpty()) {
        for (String folder : command.environment().getOrDefault("PATH", "").split(":")) {
          Path file = Path.of(folder, word);
          if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
            return file;
          }
        }
      }
    } catch (InvalidPathException e) {
      throw new StartFailedException(
          "Expected the name of a program, but '" + word + "' cannot be a file name", true);
    }
    throw new StartFailedException(
        "Expected to start '" + word + "', but the worker has no program of that name", true);
  }

  private static Path checked(String word, Path file) throws StartFailedException {
    if (!Files.isRegularFile(file)) {
      throw new StartFailedException(
          "Expected to start '" + word + "', but the worker has no such file", true);
    }
    if (!Files.isExecutable(file)) {
      throw new StartFailedException(
          "Expected to start '" + word + "', but the file may not be executed", true);
    }
    return file;
  }
}
