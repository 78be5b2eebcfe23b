package dev.muster.local;

import dev.muster.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Path target = Files.createDirectories(distribution.home().resolve("target/aot"));
    boolean wanted = !"off".equals(System.getenv("MUSTER_AOT")) && Files.isWritable(target);
    if (!wanted || !caches.isIncomplete() || caches.wasTried()) {
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
    Path root = distribution.home().resolve("target/aot/training");
    StackFolder folder = new StackFolder(root.toAbsolutePath().normalize());
    Stack stack = new Stack(folder, distribution, true, say);
    int port = Ports.free(1).getFirst();
    StackState state = stack.up(OptionalInt.of(port));
    try {
      TrainingJobs.run(state.port("api-gateway").orElseThrow(), folder.apiKey());
    } finally {
      boolean interrupted = Thread.interrupted();
      stack.down();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
