package dev.muster.agent.shell.files;

import dev.muster.agent.shell.process.Command;
import dev.muster.agent.shell.process.Launcher;
import dev.muster.agent.shell.process.ProcessEnd;
import dev.muster.agent.shell.process.StartFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs that prepare an attempt, and keeps the line of their output that matters.
 *
 * @param path where programs are looked for
 * @param timeout longest time for one of them
 */
record Programs(String path, Duration timeout) {
  private static final int LINE_MAX = 500;

  /**
   * What a program said.
   *
   * @param exit its exit code; -1 when a signal ended it
   * @param line the first line that begins with ERROR, or else the last one
   */
  record Said(int exit, String line) {}

  /**
   * Runs a program to its end.
   *
   * @param project where it starts
   * @param folder a folder that it can write, its home
   */
  Said run(List<String> words, Path project, Path folder, Preparing preparing) throws IOException {
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
        return new Said(
            -1, "Expected " + words.getFirst() + " to end within " + timeout + ", but it did not");
      } finally {
        child.kill();
      }
    } catch (StartFailedException e) {
      return new Said(-1, e.reason());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the worker is stopping", e);
    } catch (ExecutionException e) {
      throw new IOException("the end of a program is unknown", e);
    }
  }

  /** Keeps the line that matters, however much there is. */
  private static final class Listening implements Launcher.Listener {
    private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();
    private @Nullable String firstError;
    private String last = "Expected the program to end well, but it was ended";

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
