package dev.muster.cli.shell;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a run of the client takes from the outside.
 *
 * @param environment the environment variables
 * @param folder the current folder
 * @param in standard input
 * @param terminal standard output and error
 */
public record Surroundings(
    Map<String, String> environment, Path folder, InputStream in, Terminal terminal) {
  /** Those of this process. */
  public static Surroundings ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(environment, Path.of(""), System.in, Terminal.ofProcess(environment));
  }
}
