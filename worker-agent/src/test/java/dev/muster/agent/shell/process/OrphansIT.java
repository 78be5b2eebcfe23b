package dev.muster.agent.shell.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for orphans beside commands that run. */
class OrphansIT {
  @TempDir Path folder;

  @Test
  void commandWhoseStarterThreadIsGoneKeepsItsExitStatus() throws Exception {
    Orphans orphans = new Orphans();
    CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    Command command =
        new Command(
            List.of("sh", "-c", "sleep 0.5; exit 7"), Map.of("PATH", "/usr/bin:/bin"), folder);
    try (NativeLauncher launcher = new NativeLauncher()) {
      Thread starter =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  launcher.launch(command, listener(end));
                } catch (StartFailedException e) {
                  end.completeExceptionally(e);
                }
              });
      starter.join();

      Awaitility.await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            orphans.kill(environment -> false, Duration.ofMillis(5));
            return end.isDone();
          });

      assertThat(end.get(1, TimeUnit.SECONDS).exitCode()).isEqualTo(7);
    }
  }

  private static Launcher.Listener listener(CompletableFuture<ProcessEnd> end) {
    return new Launcher.Listener() {
      @Override
      public void wrote(boolean toStandardError, byte[] bytes, int length) {}

      @Override
      public void ended(ProcessEnd how) {
        end.complete(how);
      }
    };
  }
}
