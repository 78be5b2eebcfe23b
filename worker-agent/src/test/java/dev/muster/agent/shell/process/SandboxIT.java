package dev.muster.agent.shell.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command can do inside the sandbox, where the host has one (reliability.md 4 L). */
class SandboxIT {
  private static final String PATH =
      System.getenv().getOrDefault("SANDBOX_PATH", "/usr/local/bin:/usr/bin:/bin");

  @TempDir Path agent;

  private Orphans orphans;
  private NativeLauncher launcher;
  private Sandbox sandbox;
  private Path folder;

  @BeforeEach
  void open() throws Exception {
    Optional<Sandbox> found = Sandbox.find(PATH, agent, List.of());
    Assumptions.assumeTrue(found.isPresent(), "bubblewrap is missing or does not work here");
    sandbox = found.orElseThrow();
    orphans = new Orphans();
    launcher = new NativeLauncher();
    folder = Files.createDirectories(agent.resolve("work/one"));
    Files.writeString(agent.resolve("incarnation"), "secret of the agent");
    Files.writeString(
        Files.createDirectories(agent.resolve("work/another")).resolve("payload.json"), "{}");
  }

  @AfterEach
  void close() {
    if (launcher != null) {
      launcher.close();
    }
  }

  private record Running(
      Launcher.Child child, CompletableFuture<ProcessEnd> end, ByteArrayOutputStream output) {
    String text() {
      return output.toString(StandardCharsets.UTF_8);
    }
  }

  private record Ran(ProcessEnd end, String text) {}

  @Test
  void whatIsLentCanBeReadAndOnlyWhatIsGivenCanBeWritten() throws Exception {
    Path lent = Files.createDirectories(agent.resolve("cache/environment"));
    Files.writeString(lent.resolve("tool"), "made once");
    Path below = Files.createDirectories(folder.resolve("project"));
    Command command =
        new Command(
            List.of(
                "sh",
                "-c",
                "cat "
                    + lent
                    + "/tool; touch "
                    + lent
                    + "/no 2> /dev/null || echo;"
                    + " touch ../result && pwd; ls "
                    + agent
                    + "/cache"),
            Map.of("PATH", PATH),
            below);

    Ran ran = end(launch(sandbox.wrap(command, List.of(folder), List.of(lent))));

    assertThat(ran.text()).isEqualTo("made once\n" + below + "\nenvironment\n");
    assertThat(folder.resolve("result")).exists();
    assertThat(lent.resolve("no")).doesNotExist();
  }

  @Test
  void onlyTheWorkFolderAndTmpCanBeWritten() throws Exception {
    Ran ran =
        run(
            "touch here && echo here; touch /tmp/there && echo tmp;"
                + " touch /usr/no 2> /dev/null || echo usr; touch /no 2> /dev/null || echo root");

    assertThat(ran.text()).isEqualTo("here\ntmp\nusr\nroot\n");
    assertThat(folder.resolve("here")).exists();
    assertThat(Path.of("/tmp/there")).doesNotExist();
  }

  @Test
  void agentsFolderAndOtherTasksAreNotThere() throws Exception {
    Ran ran = run("ls '%s'; cat '%s/incarnation' 2> /dev/null; ls ..".formatted(agent, agent));

    assertThat(ran.text()).isEqualTo("work\none\n");
  }

  @Test
  void secretsOfTheHostAreNotThere() throws Exception {
    Ran ran =
        run(
            "cat /etc/shadow 2> /dev/null; find /root /home /run/docker.sock -mindepth 1"
                + " 2> /dev/null; cat /proc/sys/kernel/hostname");

    assertThat(ran.text()).isEqualTo("worker\n");
    assertThat(run("tr '\\0' '\\n' < /proc/1/environ").text()).doesNotContain("MUSTER");
  }

  @Test
  void processesOfTheHostCannotBeSeen() throws Exception {
    assertThat(run("echo /proc/[0-9]* | wc -w").text().strip()).matches("[2-5]");
  }

  @Test
  void nothingIsLeftOfAForestOfDaemons() throws Exception {
    String seconds = "80" + ProcessHandle.current().pid();
    run("for i in 1 2 3; do (env -i setsid sleep %s &) ; done; exit 0".formatted(seconds));

    assertThat(
            orphans.kill(
                environment -> environment.contains("SANDBOX_IT=" + folder),
                Duration.ofSeconds(20)))
        .isTrue();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ProcessHandle.allProcesses().noneMatch(process -> sleeps(process, seconds)));
  }

  @Test
  void exitCodeOfTheCommandIsTheEnds() throws Exception {
    assertThat(run("exit 7").end()).isEqualTo(new ProcessEnd(7, null));
  }

  @Test
  void commandGetsItsGraceWhenItIsAskedToEnd() throws Exception {
    Running running =
        start("trap 'echo saved; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> running.text().contains("ready"));

    running.child().terminate();

    assertThat(running.end().get(20, TimeUnit.SECONDS)).isEqualTo(new ProcessEnd(3, null));
    assertThat(running.text()).endsWith("saved\n");
  }

  @Test
  void killEndsACommandThatIgnoresEverythingElse() throws Exception {
    String seconds = "90" + ProcessHandle.current().pid();
    Running running = start("trap '' TERM; echo ready; sleep %s; sleep 9".formatted(seconds));
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> running.text().contains("ready"));

    running.child().kill();

    assertThat(running.end().get(20, TimeUnit.SECONDS).signal()).isEqualTo(9);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ProcessHandle.allProcesses().noneMatch(process -> sleeps(process, seconds)));
  }

  @Test
  void missingProgramIsToldAsWithoutASandbox() {
    assertThatThrownBy(
            () -> sandbox.wrap(new Command(List.of("no-such"), Map.of("PATH", "/bin"), folder)))
        .isInstanceOf(StartFailedException.class);
  }

  private static boolean sleeps(ProcessHandle process, String seconds) {
    return process.info().commandLine().orElse("").contains("sleep " + seconds);
  }

  private Ran run(String script) throws Exception {
    return end(start(script));
  }

  private static Ran end(Running running) throws Exception {
    ProcessEnd end = running.end().get(30, TimeUnit.SECONDS);
    return new Ran(end, running.text());
  }

  private Running start(String script) throws StartFailedException {
    Command command =
        new Command(
            List.of("sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin", "SANDBOX_IT", folder.toString()),
            folder);
    return launch(sandbox.wrap(command));
  }

  private Running launch(Command command) throws StartFailedException {
    CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
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
