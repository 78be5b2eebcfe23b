package dev.muster.stack;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A child process in a session of its own, so that a Ctrl-C meant for its starter does not reach it
 * and it may outlive the starter.
 *
 * @param name what messages call it
 * @param identity which process it is
 * @param log the file that takes its output
 */
public record ManagedProcess(String name, ProcessIdentity identity, Path log) {
  private static final long LOG_BYTES_MAX = 16L * 1024 * 1024;
  private static final int TAIL_BYTES = 2_000;
  private static final int AUTOGROUP_TRIES = 10;
  private static final Duration AUTOGROUP_INTERVAL = Duration.ofMillis(110);

  /**
   * Starts a process.
   *
   * @param name what messages call it
   * @param command program and arguments
   * @param environment added to this process's own environment
   * @param directory its working directory
   * @param log takes standard output and error; a large old one is set aside as {@code .1}
   * @throws IOException when the program cannot be started
   */
  public static ManagedProcess start(
      String name, List<String> command, Map<String, String> environment, Path directory, Path log)
      throws IOException {
    Files.createDirectories(directory);
    rotate(log);
    // setsid(1) replaces itself by the command, so the pid is the command's.
    List<String> line = new ArrayList<>(List.of("setsid"));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    // One name for all that is started here would be none.
    builder.environment().remove("OTEL_SERVICE_NAME");
    Process process = builder.start();
    ProcessIdentity identity =
        ProcessIdentity.of(process.pid())
            .orElseThrow(() -> new IOException(died(name, log, "before it did anything")));
    return new ManagedProcess(name, identity, log);
  }

  /**
   * Steps back for other processes when the processors are busy. Where the kernel groups processes
   * by session (sched(7), autogroup) their own niceness counts within the group only, and the
   * group's must be set as well. The kernel lets ordinary users do that ten times a second; where
   * it cannot be done at all, nothing is lost but a little of the API's latency.
   *
   * @param niceness 0 to 19, as in nice(1)
   */
  public void stepBack(int niceness) {
    String group = "/proc/" + identity.pid() + "/autogroup";
    byte[] nice = Integer.toString(niceness).getBytes(StandardCharsets.US_ASCII);
    for (int tries = 0; niceness > 0 && tries < AUTOGROUP_TRIES; tries++) {
      // Not by a channel: to it the kernel's «try again» is no failure but nothing written.
      try (FileOutputStream out = new FileOutputStream(group)) {
        out.write(nice);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(AUTOGROUP_INTERVAL.toNanos());
      }
    }
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException when it cannot be started or fails; the message holds the end of its log
   */
  public static void run(
      String name, List<String> command, Map<String, String> environment, Path directory, Path log)
      throws IOException {
    rotate(log);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            "Expected %s to succeed, but it ended with code %d. %s"
                .formatted(name, code, tail(log)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Expected %s to end, but the wait was interrupted".formatted(name), e);
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return identity.isAlive();
  }

  /**
   * Waits until the process is ready.
   *
   * @param patience how long at most
   * @param ready asked again and again
   * @throws IOException when it ends or is not ready in time; the message holds the end of its log
   */
  public void awaitReady(Duration patience, BooleanSupplier ready) throws IOException {
    awaitReady(patience, Duration.ofMillis(15), ready, () -> "it does not say why");
  }

  /**
   * Waits until the process is ready.
   *
   * @param patience how long at most
   * @param interval time between two questions
   * @param ready asked again and again
   * @param complaint asked why it is not ready when time is up
   * @throws IOException when it ends or is not ready in time; the message holds the end of its log
   */
  public void awaitReady(
      Duration patience, Duration interval, BooleanSupplier ready, Supplier<String> complaint)
      throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!ready.getAsBoolean()) {
      if (!isAlive()) {
        throw new IOException(died(name, log, "before it was ready"));
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IOException("Expected %s to be ready, but was interrupted".formatted(name));
      }
      if (System.nanoTime() >= deadline) {
        throw new IOException(
            "Expected %s to be ready within %d s, but it is not: %s. %s"
                .formatted(name, patience.toSeconds(), complaint.get(), tail(log)));
      }
      LockSupport.parkNanos(interval.toNanos());
    }
  }

  private static String died(String name, Path log, String when) {
    return "Expected %s to run, but it ended %s. %s".formatted(name, when, tail(log));
  }

  private static String tail(Path log) {
    try {
      byte[] bytes = Files.readAllBytes(log);
      int from = Math.max(0, bytes.length - TAIL_BYTES);
      String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
      return "The end of " + log + ":\n" + text;
    } catch (IOException e) {
      return "Its log " + log + " cannot be read: " + e.getMessage();
    }
  }

  private static void rotate(Path log) {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      if (Files.exists(log) && Files.size(log) > LOG_BYTES_MAX) {
        Path old = log.resolveSibling(log.getFileName() + ".1");
        Files.move(log, old, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
