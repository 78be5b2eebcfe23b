package dev.muster.planner.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The program of a federated training's tasks, for {@code python3} with its standard library alone.
 * Like a built-in reducer it travels with the plan and runs as any command does: measured, retried,
 * and ended with its attempt. It is read when the first such job is planned.
 */
final class FederatedProgram {
  static final String SCRIPT = text("checkpoint.py") + "\n\n" + text("federated.py");

  private FederatedProgram() {}

  private static String text(String resource) {
    try (InputStream in = FederatedProgram.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Expected " + resource + " in the jar, but it is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
