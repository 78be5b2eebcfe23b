package dev.muster.local;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Runs steps side by side. */
final class Together {
  private Together() {}

  /** Something that may fail for reasons outside this program. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /**
   * Runs all steps to their ends.
   *
   * @throws IOException the first failure
   */
  static void run(Stream<Step> steps) throws IOException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> futures = steps.map(step -> threads.submit(callable(step))).toList();
      for (Future<Boolean> future : futures) {
        await(future);
      }
    }
  }

  private static Callable<Boolean> callable(Step step) {
    return () -> {
      step.run();
      return true;
    };
  }

  private static void await(Future<Boolean> future) throws IOException {
    try {
      future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Expected to wait for the end, but was interrupted", e);
    }
  }
}
