package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.ClientRun.Ended;
import dev.muster.cli.shell.SourceArchive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects pushed, artifacts listed and fetched. */
class FilesIT {
  private static final String PROJECT =
      "{\"name\":\"digits\",\"revision\":\"abc\",\"files\":2,\"unpacked_bytes\":9}";

  private StubServer server;

  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    server = new StubServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Ended run(String... args) {
    return new ClientRun().with("MUSTER_SERVER", server.address()).in(folder).run(args);
  }

  @Test
  void sameTreeIsTheSameArchiveWheneverItIsPacked() throws IOException {
    tree();
    byte[] first = packed();
    Files.setLastModifiedTime(folder.resolve("src/train.py"), FileTime.fromMillis(0));
    Files.createDirectories(folder.resolve("__pycache__"));
    Files.writeString(folder.resolve("__pycache__/train.pyc"), "made");

    assertThat(packed()).isEqualTo(first);
  }

  @Test
  void archiveHasPlainFilesAndWhetherTheyMayBeExecuted() throws IOException {
    tree();
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/hostname"));
    Files.createDirectories(folder.resolve(".git/hooks"));
    Files.writeString(folder.resolve(".git/hooks/post-checkout"), "x");
    Files.writeString(folder.resolve("modèle.txt"), "é");

    assertThat(entries(packed()))
        .containsOnlyKeys("modèle.txt", "run.sh", "src/train.py")
        .containsEntry("run.sh", 0755)
        .containsEntry("src/train.py", 0644);
    assertThat(SourceArchive.of(folder).unfit()).containsExactly(Path.of("link"));
  }

  @Test
  void pushMakesTheProjectWhenThereIsNone() throws IOException {
    tree();
    server.on("GET /projects/digits/status", 404, problem(404, "not-found", "Not found", "None"));
    server.on("POST /projects", 201, PROJECT);
    server.on("POST /projects/digits/push", 201, PROJECT);

    Ended ended = run("push", ".", "--name", "digits");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo("Project digits is at revision abc: 2 file(s), 9 bytes\n");
    assertThat(server.requests())
        .extracting(StubServer.Request::method)
        .containsExactly("GET", "POST", "POST");
    assertThat(server.requests().getLast().header("Content-Type")).isEqualTo("application/gzip");
  }

  @Test
  void pushOfWhatIsNotThereAsksForNothing() {
    Ended ended = run("push", "nowhere", "--name", "digits");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("there is no nowhere");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void refusalOfAnArchiveIsTold() throws IOException {
    tree();
    server.on("GET /projects/digits/status", 200, PROJECT);
    server.on(
        "POST /projects/digits/push", 422, problem(422, "archive", "Archive", "there is a link"));

    Ended ended = run("push", ".", "--name", "digits");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("there is a link");
  }

  @Test
  void artifactsAreFetchedOnceAndChecked() throws Exception {
    server.on("GET /artifacts", 200, listed("out/model.bin", sha256("weights")));
    server.on("GET /artifacts/art_1", 200, "weights");

    Ended first = run("artifacts", JOB_ID, "--download", "got");
    Ended second = run("artifacts", JOB_ID, "--download", "got");

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(folder.resolve("got/3/out/model.bin")).hasContent("weights");
    assertThat(first.out()).contains("out/model.bin").contains("art_1");
    assertThat(first.err()).contains("1 of 1 file(s) fetched");
    assertThat(second.err()).contains("0 of 1 file(s) fetched");
  }

  @Test
  void otherBytesNeverGetTheName() throws Exception {
    server.on("GET /artifacts", 200, listed("model.bin", sha256("weights")));
    server.on("GET /artifacts/art_1", 200, "weighty");

    Ended ended = run("artifacts", JOB_ID, "--download", "got");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).contains("its digest differs");
    assertThat(folder.resolve("got/3/model.bin")).doesNotExist();
    assertThat(folder.resolve("got/3/model.bin.part")).doesNotExist();
  }

  @Test
  void noNameLeadsOutOfTheFolder() throws Exception {
    server.on("GET /artifacts", 200, listed("../../out", sha256("x")));

    Ended ended = run("artifacts", JOB_ID, "--download", "got");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private void tree() throws IOException {
    Files.createDirectories(folder.resolve("src"));
    Files.writeString(folder.resolve("src/train.py"), "print(1)");
    Path script = Files.writeString(folder.resolve("run.sh"), "#!/bin/sh");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
  }

  private byte[] packed() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SourceArchive.of(folder).write(out);
    return out.toByteArray();
  }

  private static Map<String, Integer> entries(byte[] archive) throws IOException {
    Map<String, Integer> entries = new TreeMap<>();
    try (var tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(new ByteArrayInputStream(archive)), "UTF-8")) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries.put(entry.getName(), entry.getMode() & 0777);
      }
    }
    return entries;
  }

  private static String listed(String name, String sha256) {
    return """
    {"data":[{"artifact_id":"art_1","filename":"%s","size_bytes":7,"sha256":"%s",\
    "job_id":"%s","task_index":3}],"next_cursor":null,"has_more":false}\
    """
        .formatted(name, sha256, JOB_ID);
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes()));
  }
}
