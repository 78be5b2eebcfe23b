package dev.muster.agent.shell.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command is given, and what it cannot take. */
class LimitsIT {
  private static final int PROCESSES_MAX = 64;

  /** For this whole test process too, which writes no file of that size. */
  private static final long FILE_BYTES_MAX = 64L * 1024 * 1024;

  @TempDir Path folder;

  private NativeLauncher launcher;

  @BeforeEach
  void open() {
    Inherited.limit(FILE_BYTES_MAX);
    launcher = new NativeLauncher();
  }

  @AfterEach
  void close() {
    launcher.close();
  }

  private record Ran(ProcessEnd end, String text) {}

  @Test
  void commandHasItsThreeDescriptorsAndNoOthers() throws Exception {
    assertThat(run("ls /proc/$$/fd").text().split("\\s+")).containsExactly("0", "1", "2");
    assertThat(run("readlink /proc/$$/fd/0").text()).isEqualTo("/dev/null\n");
  }

  @Test
  void nothingOfTheEnvironmentIsInherited() throws Exception {
    assertThat(run("tr '\\0' '\\n' < /proc/$$/environ").text().lines())
        .containsExactly("PATH=/usr/bin:/bin");
  }

  @Test
  void coreDumpsAreOff() throws Exception {
    assertThat(run("ulimit -c; ulimit -Hc").text()).isEqualTo("0\n0\n");
    assertThat(run("kill -SEGV $$").end().signal()).isEqualTo(11);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void filesAreTheOwnersAlone() throws Exception {
    assertThat(run("umask; touch made; stat -c %a made").text()).isEqualTo("0077\n600\n");
  }

  @Test
  void fileOfEndlessSizeEndsTheCommand() throws Exception {
    ProcessEnd end = run("exec head -c 100000000 /dev/zero > huge").end();

    assertThat(end.signal()).as("SIGXFSZ").isEqualTo(25);
    assertThat(Files.size(folder.resolve("huge"))).isLessThanOrEqualTo(FILE_BYTES_MAX);
  }

  @Test
  void forkBombIsBoundedAndGoneAfterwards() throws Exception {
    ControlGroups groups = ControlGroups.open("muster-limits-it", PROCESSES_MAX);
    Assumptions.assumeTrue(
        groups.describe().contains("at most " + PROCESSES_MAX),
        "control groups cannot bound processes here");
    try {
      groups.make("bomb");
      Running bomb =
          start(
              "while [ ! -e go ]; do sleep 0.01; done; i=0;"
                  + " while [ $i -lt 300 ]; do sleep 300 & i=$((i+1)); echo $i; done; echo all");
      groups.join("bomb", bomb.child().pid());
      Files.createFile(folder.resolve("go"));

      Ran ran = bomb.await();

      assertThat(ran.text()).doesNotContain("all");
      assertThat(ran.text().lines().filter(line -> line.matches("[0-9]+")).count())
          .isLessThan(PROCESSES_MAX);
    } finally {
      groups.kill("bomb");
      groups.remove("bomb");
      groups.close();
    }
  }

  private record Running(
      Launcher.Child child, CompletableFuture<ProcessEnd> end, ByteArrayOutputStream output) {
    Ran await() throws Exception {
      ProcessEnd how = end.get(60, TimeUnit.SECONDS);
      return new Ran(how, output.toString(StandardCharsets.UTF_8));
    }
  }

  private Ran run(String script) throws Exception {
    return start(script).await();
  }

  private Running start(String script) throws StartFailedException {
    CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Command command =
        new Command(List.of("sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), folder);
    Launcher.Listener listener =
        new Launcher.Listener() {
          @Override
          public void wrote(boolean toStandardError, byte[] bytes, int length) {
            output.write(bytes, 0, length);
          }

          @Override
          public void ended(ProcessEnd how) {
            end.complete(how);
          }
        };
    return new Running(launcher.launch(command, listener), end, output);
  }
}
