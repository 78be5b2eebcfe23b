package dev.muster.agent.shell.files;

import dev.muster.agent.shell.process.Command;
import dev.muster.agent.shell.process.Launcher;
import dev.muster.agent.shell.process.ProcessEnd;
import dev.muster.agent.shell.process.StartFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes virtual environments from {@code requirements.txt}. The resolver is pip, and what it says
 * is told as it says it.
 */
final class PythonEnvironment {
  private static final int LINE_MAX = 500;

  private final String path;
  private final Duration timeout;

  /**
   * @param path where programs are looked for
   * @param timeout longest time for one environment
   */
  PythonEnvironment(String path, Duration timeout) {
    this.path = path;
    this.timeout = timeout;
  }

  /**
   * What an environment depends on: the requirements and the interpreter. Requirements that point
   * into the project depend on all of it.
   *
   * @param folder where the requirements lie
   * @param project digest of the project
   */
  String key(Path folder, String project, Preparing preparing) throws IOException {
    String text = Files.readString(folder.resolve("requirements.txt"), StandardCharsets.ISO_8859_1);
    boolean pointsInside =
        text.lines()
            .map(String::strip)
            .anyMatch(line ->
                line.startsWith("-")
                    || line.startsWith(".")
                    || line.startsWith("/")
                    || line.toLowerCase(Locale.ROOT).contains("file:"));
    Said version = run(List.of("python3", "-VV"), folder, folder, preparing);
    return Digests.sha256(text + "\n" + version.line() + "\n" + (pointsInside ? project : ""));
  }

  /**
   * Fills a folder with an environment.
   *
   * @param project where the requirements lie
   * @return the resolver's own line when it cannot be, else null
   */
  @Nullable String fill(Path folder, Path project, Preparing preparing) throws IOException {
    Said made =
        run(List.of("python3", "-m", "venv", folder.toString()), project, folder, preparing);
    if (made.exit() != 0) {
      return made.line();
    }
    Said resolved =
        run(
            List.of(
                folder.resolve("bin/python").toString(),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--no-cache-dir",
                "--no-color",
                "-r",
                "requirements.txt"),
            project,
            folder,
            preparing);
    return resolved.exit() == 0 ? null : resolved.line();
  }

  /**
   * What a program said.
   *
   * @param exit its exit code; -1 when a signal ended it
   * @param line the first line that begins with ERROR, or else the last one
   */
  private record Said(int exit, String line) {}

  private Said run(List<String> words, Path project, Path folder, Preparing preparing)
      throws IOException {
    Map<String, String> variables =
        Map.of("PATH", path, "HOME", folder.toString(), "LANG", "C.UTF-8");
    Listening listening = new Listening();
    try {
      Launcher.Child child =
          preparing.start(new Command(words, variables, project), folder, listening);
      try {
        ProcessEnd end = listening.end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        Integer exit = end.exitCode();
        return new Said(exit == null ? -1 : exit, listening.line());
      } catch (TimeoutException e) {
        return new Said(-1, "Expected the resolver to end within " + timeout + ", but it did not");
      } finally {
        child.kill();
      }
    } catch (StartFailedException e) {
      return new Said(-1, e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the worker is stopping", e);
    } catch (ExecutionException e) {
      throw new IOException("the resolver's end is unknown", e);
    }
  }

  /** Keeps the line that matters, however much there is. */
  private static final class Listening implements Launcher.Listener {
    private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();
    private @Nullable String firstError;
    private String last = "Expected the resolver to end well, but it was ended";

    @Override
    public void wrote(boolean toStandardError, byte[] bytes, int length) {
      for (int i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
          closeLine();
        } else if (current.size() < LINE_MAX) {
          current.write(bytes[i]);
        }
      }
    }

    @Override
    public void ended(ProcessEnd how) {
      closeLine();
      end.complete(how);
    }

    private void closeLine() {
      String line = current.toString(StandardCharsets.UTF_8).strip();
      current.reset();
      if (firstError == null && line.startsWith("ERROR")) {
        firstError = line;
      }
      last = line.isEmpty() ? last : line;
    }

    /** Read after the end. */
    private String line() {
      return firstError == null ? last : firstError;
    }
  }
}
