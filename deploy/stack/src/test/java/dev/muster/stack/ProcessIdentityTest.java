package dev.muster.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {
  @TempDir Path temp;

  @Test
  void samePidWithAnotherStartIsAnotherProcess() {
    ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
    ProcessIdentity other = new ProcessIdentity(self.pid(), self.startTicks() + 1, self.bootId());

    assertThat(self.isAlive()).isTrue();
    assertThat(other.isAlive()).isFalse();
  }

  @Test
  void processThatIgnoresTheRequestIsEnded() throws Exception {
    Path deaf = temp.resolve("deaf");
    String script = "trap '' TERM; touch \"$0\"; while :; do sleep 0.05; done";
    List<String> stubborn = List.of("sh", "-c", script, deaf.toString());
    ManagedProcess process =
        ManagedProcess.start("stubborn", stubborn, Map.of(), temp, temp.resolve("log"));
    process.awaitReady(Duration.ofSeconds(10), () -> Files.exists(deaf));

    boolean byItself = process.identity().stop(Duration.ofMillis(300));

    assertThat(byItself).isFalse();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void startedProcessLeadsItsOwnSession() throws Exception {
    ManagedProcess process =
        ManagedProcess.start(
            "sleeper", List.of("sleep", "60"), Map.of(), temp, temp.resolve("log"));
    try {
      long pid = process.identity().pid();

      process.awaitReady(Duration.ofSeconds(10), () -> sessionOf(pid) == pid);
    } finally {
      process.identity().kill();
    }
  }

  /** To ordinary users the kernel says «try again» when they ask more than ten times a second. */
  @Test
  void processStepsBackHoweverOftenItIsAsked() throws Exception {
    ManagedProcess process =
        ManagedProcess.start(
            "sleeper", List.of("sleep", "60"), Map.of(), temp, temp.resolve("log"));
    try {
      long pid = process.identity().pid();
      process.awaitReady(Duration.ofSeconds(10), () -> sessionOf(pid) == pid);

      for (int niceness = 1; niceness <= 4; niceness++) {
        process.stepBack(niceness);
      }

      Path group = Path.of("/proc", Long.toString(pid), "autogroup");
      if (Files.exists(group)) {
        assertThat(Files.readString(group)).endsWith("nice 4\n");
      }
    } finally {
      process.identity().kill();
    }
  }

  private static long sessionOf(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    } catch (IOException e) {
      return 0;
    }
  }
}
