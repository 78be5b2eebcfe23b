package dev.muster.local;

import dev.muster.stack.Ports;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Makes the ahead-of-time caches: brings up a stack of its own in a folder of the build, lets it do
 * some jobs, and stops it; each JVM writes its cache as it ends.
 */
final class Training {
  private Training() {}

  /** Trains once after each build, unless {@code MUSTER_AOT=off}. A failure costs only speed. */
  static void runIfNeeded(Distribution distribution, Consumer<String> say) throws IOException {
    AotCaches caches = new AotCaches(distribution, false);
    Path target = distribution.home().resolve("target/aot");
    if ("off".equals(System.getenv("MUSTER_AOT")) || !caches.isIncomplete()) {
      return;
    }
    try {
      Files.createDirectories(target);
    } catch (AccessDeniedException e) {
      // The tree is somebody else's: it is for them to train.
      return;
    }
    if (!Files.isWritable(target)) {
      return;
    }
    try (FileChannel file =
            FileChannel.open(
                target.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock != null) {
        trainAlone(distribution, caches, say);
      }
    }
  }

  private static void trainAlone(Distribution distribution, AotCaches caches, Consumer<String> say)
      throws IOException {
    Stack earlier = stack(distribution, line -> {});
    if (Stack.anyAlive(StackState.load(folder(distribution)))) {
      // The lock is free, so whoever started it is dead.
      earlier.kill();
    }
    if (caches.wasTried()) {
      return;
    }
    say.accept("first start of this build: training the caches for faster starts");
    caches.noteTry();
    try {
      run(distribution, line -> {});
      say.accept("trained");
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      say.accept("no caches, starts stay slower: " + e.getMessage());
    }
  }

  static void run(Distribution distribution, Consumer<String> say) throws IOException {
    Stack stack = stack(distribution, say);
    boolean trained = false;
    try {
      StackState state = stack.up(OptionalInt.of(Ports.free(1).getFirst()));
      TrainingJobs.run(state.port("api-gateway").orElseThrow(), folder(distribution).apiKey());
      // The caches are written now, which may take a minute on a small machine.
      stack.down();
      trained = true;
    } finally {
      if (!trained) {
        boolean interrupted = Thread.interrupted();
        stack.kill();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static Stack stack(Distribution distribution, Consumer<String> say) {
    return new Stack(folder(distribution), distribution, true, say);
  }

  private static StackFolder folder(Distribution distribution) {
    return new StackFolder(
        distribution.home().resolve("target/aot/training").toAbsolutePath().normalize());
  }
}
