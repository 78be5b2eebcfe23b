package dev.muster.agent.shell.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of commands when the process that started them is killed. */
class KeeperIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  /** Starts a hostile command, says so, and waits to be killed. */
  static final class Starter {
    private Starter() {}

    /**
     * The arguments are the folder, two lengths of sleep that nobody else uses, and whether control
     * groups are wanted.
     */
    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      ControlGroups groups =
          Boolean.parseBoolean(arguments[3])
              ? ControlGroups.open("muster-keeper-it", 64)
              : ControlGroups.none();
      NativeLauncher launcher = new NativeLauncher();
      Keeper keeper = new Keeper(folder.toString(), marker(folder), groups.killable());
      keeper.ensure();
      String script =
          "trap '' TERM HUP; while [ ! -e go ]; do sleep 0.01; done;"
              + " (setsid sh -c \"trap '' TERM; sleep %1$s; true\" &) ;"
              + " (env -i setsid sleep %2$s &) ; touch ready; sleep %1$s; true";
      Command command =
          new Command(
              List.of("sh", "-c", script.formatted(arguments[1], arguments[2])),
              Map.of("PATH", "/usr/bin:/bin", "KEEPER_IT", folder + "/attempt"),
              folder);
      groups.make("attempt");
      groups.join("attempt", launcher.launch(command, new Deaf()).pid());
      Files.createFile(folder.resolve("go"));
      Awaitility.await().atMost(SOON).until(() -> Files.exists(folder.resolve("ready")));
      System.out.println(groups.killable().isEmpty() ? "without groups" : "with groups");
      Thread.currentThread().join();
    }
  }

  private static final class Deaf implements Launcher.Listener {
    @Override
    public void wrote(boolean toStandardError, byte[] bytes, int length) {}

    @Override
    public void ended(ProcessEnd end) {}
  }

  @AfterAll
  static void removeTheGroupsOfTheKilled() {
    ControlGroups.open("muster-keeper-it", 64).close();
  }

  @Test
  void commandsDieWithTheKilledProcessWhateverTheyIgnoreAndWhereverTheyWent() throws Exception {
    String marked = "50" + ProcessHandle.current().pid();
    String wiped = "60" + ProcessHandle.current().pid();
    Process starter = start(marked, wiped, false);
    said(starter);
    Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 2 && sleeping(wiped) == 1);

    starter.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 0);
    Awaitility.await().atMost(SOON).until(() -> running(folder.toString()) == 0);
    killAll(wiped);
  }

  @Test
  void controlGroupsReachWhatWipedItsEnvironment() throws Exception {
    String marked = "51" + ProcessHandle.current().pid();
    String wiped = "61" + ProcessHandle.current().pid();
    Process starter = start(marked, wiped, true);
    String said = said(starter);
    Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 2 && sleeping(wiped) == 1);

    starter.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 0);
    if (!said.equals("with groups")) {
      killAll(wiped);
      Assumptions.abort("the host lets nobody make control groups");
    }
    Awaitility.await().atMost(SOON).until(() -> sleeping(wiped) == 0);
  }

  @Test
  void killedKeeperIsStartedAgain() throws Exception {
    try (Keeper keeper = new Keeper(folder.toString(), marker(folder), "")) {
      keeper.ensure();
      // A process that was just started shows its environment a moment later.
      Awaitility.await().atMost(SOON).until(() -> keepers().size() == 1);
      List<Long> first = keepers();
      keeper.ensure();
      assertThat(keepers()).isEqualTo(first);

      ProcessHandle.of(first.getFirst()).orElseThrow().destroyForcibly();

      Awaitility.await()
          .atMost(SOON)
          .until(() -> {
            keeper.ensure();
            return keepers().size() == 1 && !keepers().equals(first);
          });
    }
    assertThat(keepers()).isEmpty();
  }

  @Test
  void keeperOfALivingProcessKillsNothing() throws Exception {
    String marked = "70" + ProcessHandle.current().pid();
    NativeLauncher launcher = new NativeLauncher();
    try (Keeper keeper = new Keeper(folder.toString(), marker(folder), "")) {
      keeper.ensure();
      Launcher.Child child =
          launcher.launch(
              new Command(
                  List.of("sleep", marked),
                  Map.of("PATH", "/usr/bin:/bin", "KEEPER_IT", folder + "/attempt"),
                  folder),
              new Deaf());
      Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 1);

      keeper.ensure();

      assertThat(sleeping(marked)).isOne();
      child.kill();
      Awaitility.await().atMost(SOON).until(() -> sleeping(marked) == 0);
    } finally {
      launcher.close();
    }
  }

  private static String marker(Path folder) {
    return "KEEPER_IT=" + folder + "/";
  }

  private Process start(String marked, String wiped, boolean groups) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Starter.class.getName(),
            folder.toString(),
            marked,
            wiped,
            Boolean.toString(groups))
        .redirectError(folder.resolve("errors").toFile())
        .start();
  }

  private String said(Process starter) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(starter.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.endsWith(" groups")) {
        return line.strip();
      }
    }
    throw new AssertionError(Files.readString(folder.resolve("errors")));
  }

  private List<Long> keepers() {
    return processes()
        .filter(path -> read(path.resolve("environ")).contains("MUSTER_KEEPER_OF=" + folder + "\0"))
        .filter(path -> read(path.resolve("cmdline")).contains("muster-keeper"))
        .map(path -> Long.valueOf(path.getFileName().toString()))
        .toList();
  }

  private static long sleeping(String seconds) {
    return processes()
        .filter(path -> read(path.resolve("cmdline")).equals("sleep\0" + seconds + "\0"))
        .count();
  }

  private static long running(String text) {
    return processes().filter(path -> read(path.resolve("environ")).contains(text)).count();
  }

  private static void killAll(String seconds) {
    processes()
        .filter(path -> read(path.resolve("cmdline")).equals("sleep\0" + seconds + "\0"))
        .map(path -> ProcessHandle.of(Long.parseLong(path.getFileName().toString())))
        .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
  }

  private static Stream<Path> processes() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(path -> path.getFileName().toString().matches("[0-9]+")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
