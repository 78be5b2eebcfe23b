package dev.muster.agent.shell;

import dev.muster.agent.attempt.NamedFailure;
import dev.muster.agent.attempt.ResultReading;
import dev.muster.agent.attempt.Verdict;
import dev.muster.agent.attempt.Verdict.Remains;
import dev.muster.agent.shell.files.AttemptFiles;
import dev.muster.agent.shell.files.Bringing;
import dev.muster.agent.shell.files.NoSpace;
import dev.muster.agent.shell.process.Command;
import dev.muster.agent.shell.process.Launcher;
import dev.muster.agent.shell.process.Launcher.Child;
import dev.muster.agent.shell.process.ProcessEnd;
import dev.muster.agent.shell.process.StartFailedException;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.ProgressEvent.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts as processes: prepares the folder, starts the command, and when it has ended makes
 * sure that no descendant is left, reads the result and tells the desk. As many threads as cores:
 * starting a process keeps one busy.
 */
final class AttemptRunner implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AttemptRunner.class);
  private static final int JANITOR_QUEUE_MAX = 1_000;

  private final Launcher launcher;
  private final AttemptFiles files;
  private final Containment containment;
  private final Path work;
  private final String path;
  private final OutputSender output;
  private final AgentMetrics metrics;
  private final ExecutorService threads;

  /**
   * Deletes folders beside the hot path; when it falls far behind, the runners do it themselves.
   */
  private final ExecutorService janitor =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(JANITOR_QUEUE_MAX),
          Thread.ofPlatform().name("work-folder-janitor").daemon().factory(),
          new ThreadPoolExecutor.CallerRunsPolicy());

  AttemptRunner(
      Launcher launcher,
      AttemptFiles files,
      Containment containment,
      Path work,
      String path,
      OutputSender output,
      AgentMetrics metrics) {
    this.launcher = launcher;
    this.files = files;
    this.containment = containment;
    this.work = work;
    this.path = path;
    this.output = output;
    this.metrics = metrics;
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().name("attempt-runner-", 0).daemon().factory());
  }

  /** Kills what a former agent left running and deletes its work folders. */
  void cleanUp() throws IOException {
    int killed = containment.cleanUp();
    if (killed > 0) {
      metrics.leftoversKilled(killed);
      LOG.warnf("Killed %d processes that a former agent left behind", killed);
    }
    try (var folders = Files.newDirectoryStream(work)) {
      for (Path folder : folders) {
        new WorkFolder(folder).delete();
      }
    }
  }

  /** Starts the attempt's process on another thread; one of its own when files come first. */
  void start(HeldAttempt attempt, AttemptDesk desk) {
    if (AttemptFiles.mayWant(attempt.run(), attempt.assignment().payload())) {
      Thread.ofVirtual().name("attempt-files").start(() -> launch(attempt, desk));
    } else {
      threads.execute(() -> launch(attempt, desk));
    }
  }

  /** Ends descendants that outlived their attempts. */
  void sweep(boolean idle) {
    containment.sweep(idle);
  }

  @Override
  public void close() {
    threads.shutdown();
    janitor.shutdown();
    try {
      threads.awaitTermination(2, TimeUnit.SECONDS);
      janitor.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    launcher.close();
    containment.close();
  }

  private void launch(HeldAttempt attempt, AttemptDesk desk) {
    WorkFolder folder = null;
    try {
      folder = WorkFolder.create(work, attempt.ref(), attempt.assignment().payload());
      containment.prepare(folder);
      switch (bring(attempt, folder)) {
        case Bringing.Ready ready -> run(attempt, folder, ready, desk);
        case Bringing.Failed(AttemptEnd end) -> {
          delete(folder);
          desk.ended(attempt, end);
        }
      }
    } catch (StartFailedException e) {
      attempt.brought.release().run();
      delete(folder);
      desk.ended(
          attempt,
          e.isCommandsFault() ? Verdict.startFailed(e.reason()) : Verdict.workerFailed(e.reason()));
    } catch (IOException | RuntimeException e) {
      LOG.errorf(e, "Expected to start %s, but the worker failed", attempt.ref());
      attempt.brought.release().run();
      delete(folder);
      desk.ended(
          attempt,
          NoSpace.isCause(e)
              ? Verdict.noSpace()
              : Verdict.workerFailed("Expected to start the command, but the worker failed"));
    }
  }

  private void run(HeldAttempt attempt, WorkFolder folder, Bringing.Ready brought, AttemptDesk desk)
      throws StartFailedException {
    attempt.brought = brought;
    LOG.debugf("%s starts, traceparent %s", attempt.ref(), attempt.traceparent());
    Path environment = brought.environment();
    Map<String, String> variables =
        TaskEnvironment.of(
            environment == null ? path : environment.resolve("bin") + ":" + path,
            folder,
            attempt.ref(),
            attempt.assignment(),
            attempt.traceparent());
    if (environment != null) {
      variables.put("VIRTUAL_ENV", environment.toString());
    }
    Path start = brought.project() == null ? folder.path() : brought.project();
    Command command = new Command(attempt.run().runnerCommand(), variables, start);
    List<Path> readable = environment == null ? List.of() : List.of(environment);
    attempt.startedNanos = System.nanoTime();
    Child child =
        launcher.launch(
            containment.enclose(command, List.of(folder.path()), readable),
            listener(attempt, folder, desk));
    attempt.child = child;
    containment.started(folder, child.pid());
    desk.launched(attempt);
  }

  private Launcher.Listener listener(HeldAttempt attempt, WorkFolder folder, AttemptDesk desk) {
    return new Launcher.Listener() {
      @Override
      public void wrote(boolean toStandardError, byte[] bytes, int length) {
        Stream stream = toStandardError ? Stream.STDERR : Stream.STDOUT;
        boolean full = attempt.output().wrote(stream, bytes, length);
        output.written(attempt, full);
      }

      @Override
      public void ended(ProcessEnd end) {
        long runMillis = (System.nanoTime() - attempt.startedNanos) / 1_000_000;
        threads.execute(() -> finish(attempt, folder, desk, end, runMillis));
      }
    };
  }

  private void finish(
      HeldAttempt attempt, WorkFolder folder, AttemptDesk desk, ProcessEnd end, long runMillis) {
    // The end may overtake the thread that started the process.
    desk.launched(attempt);
    AttemptEnd verdict;
    try {
      attempt.output().end();
      if (attempt.output().total() > 0) {
        output.written(attempt, true);
        metrics.outputDropped(attempt.output().dropped());
      }
      if (!containment.end(folder)) {
        LOG.warnf("%s left descendants that are not dead yet; the sweep goes on", attempt.ref());
      }
      verdict = judge(attempt, folder, end, runMillis);
    } catch (RuntimeException e) {
      LOG.errorf(e, "Expected to judge the end of %s, but the worker failed", attempt.ref());
      verdict =
          Verdict.workerFailed("Expected to read what the command left, but the worker failed");
    }
    if (verdict.status() == AttemptEnd.Status.SUCCEEDED && AttemptFiles.any(folder.artifacts())) {
      AttemptEnd success = verdict;
      Thread.ofVirtual()
          .name("attempt-files")
          .start(() -> close(attempt, folder, desk, taken(attempt, folder, success)));
    } else {
      close(attempt, folder, desk, verdict);
    }
  }

  private void close(HeldAttempt attempt, WorkFolder folder, AttemptDesk desk, AttemptEnd end) {
    desk.ended(attempt, end);
    attempt.brought.release().run();
    janitor.execute(() -> delete(folder));
  }

  /** A success counts once its files are the gateway's. */
  private AttemptEnd taken(HeldAttempt attempt, WorkFolder folder, AttemptEnd success) {
    try {
      return files.take(folder.artifacts(), attempt.assignment().right()).orElse(success);
    } catch (RuntimeException e) {
      LOG.errorf(e, "Expected to store the artifacts of %s, but the worker failed", attempt.ref());
      return Verdict.workerFailed("Expected to store the artifacts, but the worker failed");
    }
  }

  private Bringing bring(HeldAttempt attempt, WorkFolder folder) {
    String payload = attempt.assignment().payload();
    return AttemptFiles.mayWant(attempt.run(), payload)
        ? files.bring(
            attempt.run(),
            payload,
            attempt.assignment().right(),
            new AttemptFiles.Places(folder.path(), folder.project()),
            (command, writable, listener) -> prepare(attempt, folder, command, writable, listener))
        : Bringing.Ready.nothing();
  }

  /** What prepares an attempt may run its owner's code, so it is held like the command itself. */
  private Child prepare(
      HeldAttempt attempt,
      WorkFolder folder,
      Command command,
      Path writable,
      Launcher.Listener listener)
      throws StartFailedException {
    Map<String, String> variables = new HashMap<>(command.environment());
    variables.putAll(TaskEnvironment.mark(folder));
    Command marked = new Command(command.words(), variables, command.folder());
    Child child =
        launcher.launch(
            containment.enclose(marked, List.of(folder.path(), writable), List.of()), listener);
    attempt.child = child;
    containment.started(folder, child.pid());
    return child;
  }

  private static AttemptEnd judge(
      HeldAttempt attempt, WorkFolder folder, ProcessEnd end, long runMillis) {
    Integer exitCode = end.exitCode();
    ResultReading result =
        exitCode != null && exitCode == 0
            ? ResultFile.read(folder.result())
            : new ResultReading.Missing();
    return Verdict.of(
        new Remains(
            exitCode, end.signal(), attempt.output().tail(), attempt.output().total(), runMillis),
        result,
        exitCode == null || exitCode == 0 ? null : named(attempt, folder));
  }

  private static @Nullable NamedFailure named(HeldAttempt attempt, WorkFolder folder) {
    return ResultFile.failure(folder.error())
        .map(failure -> new NamedFailure(failure.code(), attempt.output().masked(failure.error())))
        .orElse(null);
  }

  private void delete(@Nullable WorkFolder folder) {
    if (folder == null) {
      return;
    }
    try {
      folder.delete();
    } catch (IOException e) {
      LOG.warnf("Expected to delete a work folder, but it stays until the next start: %s", e);
    }
    containment.forget(folder);
  }

  /** Asks the attempt's process group to end, or ends it by force. */
  static void signal(HeldAttempt attempt, boolean force) {
    Child child = attempt.child;
    if (child != null) {
      if (force) {
        child.kill();
      } else {
        child.terminate();
      }
    }
  }
}
