package dev.muster.agent.shell.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.agent.shell.process.NativeLauncher;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.ProjectRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Projects on a worker: fetched once, copied for each attempt, with the environment they ask for.
 */
class ProjectsIT {
  private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

  private final FakeGateway gateway = new FakeGateway();
  private final NativeLauncher launcher = new NativeLauncher();
  private Projects projects;

  @TempDir Path folder;

  @BeforeEach
  void connect() {
    projects = projects(1_000_000_000);
  }

  private Projects projects(long cacheBytesMax) {
    return new Projects(
        new GatewayClient(gateway.address(), Duration.ofMillis(500)),
        new ContentCache(folder.resolve("trees"), cacheBytesMax),
        new ContentCache(folder.resolve("environments"), cacheBytesMax),
        new Programs(PATH, Duration.ofMinutes(5)));
  }

  @AfterEach
  void close() {
    launcher.close();
    gateway.close();
  }

  @Test
  void revisionIsFetchedOnceAndEachAttemptHasItsOwnCopy() throws IOException {
    ProjectRef project = pushed(Map.of("src/train.py", "print(1)"));

    assertThat(bring(project, folder.resolve("a"))).isInstanceOf(Bringing.Ready.class);
    Files.writeString(folder.resolve("a/src/train.py"), "changed by the attempt");
    assertThat(bring(project, folder.resolve("b"))).isInstanceOf(Bringing.Ready.class);

    assertThat(folder.resolve("b/src/train.py")).hasContent("print(1)");
    assertThat(gateway.fetched).hasValue(1);
  }

  @Test
  void cacheKeepsWithinItsLimit() throws IOException {
    projects = projects(150);
    for (int i = 0; i < 4; i++) {
      ProjectRef project = pushed(Map.of("data", Integer.toString(i).repeat(100)));
      assertThat(bring(project, folder.resolve("attempt-" + i))).isInstanceOf(Bringing.Ready.class);
    }

    try (var made = Files.newDirectoryStream(folder.resolve("trees"), "*.made")) {
      assertThat(made).hasSize(1);
    }
  }

  @Test
  void manifestIsFollowedOnceForEachRevision() throws IOException {
    ProjectRef project =
        pushed(
            Map.of(
                "computalot.project.json",
                """
                {"version":1,"runtime":{"workdir":"src","init":{"commands":[
                  "echo made >> made.txt","ln -s /etc/hostname link"]}},
                 "validation":{"executables":["sh"],"commands":["test -f made.txt"]}}
                """,
                "src/train.py",
                "print(1)"));

    Bringing.Ready first = (Bringing.Ready) bring(project, folder.resolve("a"));
    Bringing.Ready second = (Bringing.Ready) bring(project, folder.resolve("b"));

    assertThat(first.project()).isEqualTo(folder.resolve("a/src"));
    assertThat(second.project()).isEqualTo(folder.resolve("b/src"));
    assertThat(folder.resolve("b/made.txt")).hasContent("made");
    // A link that the user's code made is no way to have the agent copy what it can read.
    assertThat(folder.resolve("b/link")).isSymbolicLink();
  }

  @Test
  void initThatFailsAndProgramsThatAreMissingFailTheTaskInTheirOwnWords() {
    String manifest = "{\"version\":1,%s}";
    AttemptEnd init =
        failed(
            pushed(
                Map.of(
                    "computalot.project.json",
                    manifest.formatted(
                        "\"runtime\":{\"init\":{\"commands\":[\"echo no such thing >&2; exit 3\"]}}"))));
    AttemptEnd program =
        failed(
            pushed(
                Map.of(
                    "computalot.project.json",
                    manifest.formatted("\"validation\":{\"executables\":[\"no-such-program\"]}"))));

    assertThat(init.errorCode()).isEqualTo(ErrorCode.INPUT_INVALID);
    assertThat(init.error()).contains("init command failed: no such thing");
    assertThat(program.error()).contains("no-such-program");
  }

  @Test
  void hostileArchiveFailsTheTaskAndLeavesNothing() {
    AttemptEnd end = failed(pushed(Map.of("../outside", "x")));

    assertThat(end.status()).isEqualTo(AttemptEnd.Status.FAILED);
    assertThat(end.errorCode()).isEqualTo(ErrorCode.INPUT_INVALID);
    assertThat(folder.resolve("outside")).doesNotExist();
    assertThat(folder.resolve("trees/outside")).doesNotExist();
  }

  @Test
  void unknownRevisionFailsTheTask() {
    AttemptEnd end = failed(new ProjectRef("p", "0".repeat(64), 1));

    assertThat(end.errorCode()).isEqualTo(ErrorCode.INPUT_INVALID);
  }

  @Test
  void sameRequirementsShareOneEnvironment() throws Exception {
    assumePythonMakesEnvironments();
    ProjectRef first = pushed(Map.of("requirements.txt", "# nothing\n", "a", "1"));
    ProjectRef second = pushed(Map.of("requirements.txt", "# nothing\n", "a", "2"));

    Bringing.Ready one = (Bringing.Ready) bring(first, folder.resolve("a"));
    Bringing.Ready two = (Bringing.Ready) bring(second, folder.resolve("b"));

    Path environment = Objects.requireNonNull(one.environment());
    assertThat(environment).isEqualTo(two.environment());
    assertThat(environment.resolve("bin/python")).exists();
    one.release().run();
    two.release().run();
  }

  @Test
  void resolverFailureEndsTheTaskWithTheResolversOwnLine() throws Exception {
    assumePythonMakesEnvironments();

    AttemptEnd end = failed(pushed(Map.of("requirements.txt", "./no-such-package\n")));

    assertThat(end.status()).isEqualTo(AttemptEnd.Status.FAILED);
    assertThat(end.errorCode()).isEqualTo(ErrorCode.REQUIREMENTS_RESOLUTION_FAILED);
    assertThat(end.error()).startsWith("ERROR").contains("no-such-package");
  }

  /** Some systems ship Python without what virtual environments need. */
  private void assumePythonMakesEnvironments() throws Exception {
    Process probe =
        new ProcessBuilder("env", "PATH=" + PATH, "python3", "-c", "import ensurepip, venv")
            .redirectErrorStream(true)
            .start();
    probe.getInputStream().readAllBytes();
    assumeTrue(probe.waitFor() == 0, "python3 with venv and ensurepip");
  }

  private AttemptEnd failed(ProjectRef project) {
    return ((Bringing.Failed) bring(project, folder.resolve("attempt"))).end();
  }

  private Bringing bring(ProjectRef project, Path target) {
    return projects.bring(
        project,
        "right",
        target,
        (command, writable, listener) -> launcher.launch(command, listener));
  }

  private ProjectRef pushed(Map<String, String> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] archive = bytes.toByteArray();
    String digest = Digests.hex(Digests.sha256().digest(archive));
    gateway.archives.put(digest, archive);
    return new ProjectRef("p", digest, archive.length);
  }
}
