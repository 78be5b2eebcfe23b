package dev.muster.cli;

import static dev.muster.cli.StubServer.JOB_ID;
import static dev.muster.cli.StubServer.event;
import static dev.muster.cli.StubServer.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged client as a process of its own: Ctrl-C, and what it loads. */
class ProcessIT {
  private static final List<String> FLAGS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss512k", "-Xlog:disable");

  @TempDir Path folder;

  @Test
  void interruptDetachesAndSaysHowToComeBack() throws Exception {
    try (var server = new StubServer()) {
      server.on(
          "GET /jobs/" + JOB_ID + "/stream",
          StubServer.openStream(event(1, "job", job("running", 1, 2))));
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      Process process =
          client(server, List.of(), "watch", JOB_ID)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.readString(out).contains("1/2"));

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(Files.readString(err))
          .contains("The job goes on. Come back with: muster watch " + JOB_ID);
    }
  }

  @Test
  void statusLoadsAlmostNothingFromOutsideTheCache() throws Exception {
    Path cache = trainedCache();
    Path loaded = folder.resolve("classes");
    try (var server = new StubServer()) {
      server.on("GET /jobs/" + JOB_ID, 200, job("running", 1, 2));

      run(
          client(
              server,
              List.of("-XX:AOTCache=" + cache, "-Xlog:class+load:file=" + loaded),
              "status",
              JOB_ID));

      assertThat(Files.readAllLines(loaded))
          .hasSizeGreaterThan(500)
          .filteredOn(line -> !line.contains("shared objects file"))
          .hasSizeLessThan(60);
    }
  }

  private Path trainedCache() throws Exception {
    Path cache = folder.resolve("muster.aot");
    try (var server = new StubServer()) {
      assertThat(run(client(server, List.of("-XX:AOTCacheOutput=" + cache), "__train"))).isZero();
    }
    return cache;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private ProcessBuilder client(StubServer server, List<String> more, String... args) {
    // Whoever was started in the background by a script ignores SIGINT, and so would its children.
    var command = new ArrayList<>(List.of("env", "--default-signal=INT", java()));
    command.addAll(FLAGS);
    command.addAll(more);
    command.addAll(List.of("-jar", System.getProperty("muster.jar")));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command);
    builder.environment().put("MUSTER_SERVER", server.address());
    builder.environment().put("MUSTER_API_KEY", "mk_test");
    return builder;
  }

  private static int run(ProcessBuilder builder) throws IOException, InterruptedException {
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
