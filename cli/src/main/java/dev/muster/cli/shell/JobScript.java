package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs an example's script that prints a job file. */
public final class JobScript {
  private JobScript() {}

  /**
   * What the script prints.
   *
   * @param examplesFlag the folder of examples, null for the one beside the muster script
   * @param script its path within that folder
   */
  public static byte[] output(
      Surroundings surroundings, @Nullable String examplesFlag, String script) {
    Path examples =
        examplesFlag == null
            ? Path.of(System.getProperty("muster.home", "")).resolve("examples")
            : surroundings.folder().resolve(examplesFlag);
    Path file = examples.resolve(script).toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected the example " + file + ", but there is no such file");
    }
    try {
      Process process =
          new ProcessBuilder("python3", file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] output = process.getInputStream().readAllBytes();
      int code = process.waitFor();
      if (code != 0) {
        throw new CommandFailed(
            ExitCode.FAILED, "Expected " + file + " to print a job, but it ended with " + code);
      }
      return output;
    } catch (IOException e) {
      throw new CommandFailed(ExitCode.FAILED, "Expected to run python3, but " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(ExitCode.INTERRUPTED, "Interrupted while making the job");
    }
  }
}
