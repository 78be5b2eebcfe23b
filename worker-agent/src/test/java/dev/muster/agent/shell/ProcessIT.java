package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.agent.output.Mask;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import dev.muster.contracts.task.ProgressEvent.OutputWritten;
import dev.muster.contracts.task.ProgressEvent.ProgressReported;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.MailEvent.Reason;
import dev.muster.testkit.Infrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes under the real agent: the runner protocol, limits, and what hostile ones do. */
class ProcessIT {
  private static final String WORKER = "process-it";

  @TempDir static Path data;

  private static FakeDispatcher dispatcher;
  private static Agent agent;

  @BeforeAll
  static void startAgent() {
    dispatcher =
        new FakeDispatcher(
            Infrastructure.shared().bootstrapServers(), WORKER, Duration.ofSeconds(30));
    agent =
        TestAgents.start(
            TestAgents.config(WORKER, data, Map.of("agent.gpus", "2xH100-80GB")),
            new SimpleMeterRegistry());
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(agent::isReady);
  }

  @AfterAll
  static void stopAgent() {
    agent.close();
    dispatcher.close();
  }

  @Test
  void resultFileOfASuccessfulCommandIsTheResultByteForByte() {
    AttemptEnd end = run("cat \"$MUSTER_TASK_PAYLOAD\" > \"$MUSTER_TASK_RESULT\"", "{\"x\": 1.50}");

    assertThat(end.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(end.result()).isEqualTo("{\"x\": 1.50}");
    assertThat(end.outputTail()).isNull();
  }

  @Test
  void commandGetsExactlyTheCleanEnvironment() {
    AttemptRef ref = assign("env | cut -d= -f1 | sort; stat -c %a \"$MUSTER_TASK_PAYLOAD\"", "{}");
    dispatcher.awaitEnd(ref);

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> dispatcher.outputOf(ref).endsWith("600\n"));
    assertThat(dispatcher.outputOf(ref).lines())
        .containsExactlyInAnyOrder(
            "CI",
            "COMPUTALOT_ARTIFACTS_DIR",
            "COMPUTALOT_TASK_PAYLOAD",
            "COMPUTALOT_TASK_RESULT",
            "CUDA_DEVICE_ORDER",
            "CUDA_VISIBLE_DEVICES",
            "HOME",
            "LANG",
            "MUSTER_ARTIFACTS_DIR",
            "MUSTER_ATTEMPT",
            "MUSTER_JOB_ID",
            "MUSTER_LEASE_EPOCH",
            "MUSTER_TASK_ERROR",
            "MUSTER_TASK_INDEX",
            "MUSTER_TASK_PAYLOAD",
            "MUSTER_TASK_RESULT",
            "NVIDIA_VISIBLE_DEVICES",
            "PATH",
            // The shell adds this one itself.
            "PWD",
            "PYTHONUNBUFFERED",
            "TERM",
            "TMPDIR",
            "TRACEPARENT",
            "600");
  }

  @Test
  void grantedDevicesAreVisibleAndNoOthers() {
    AttemptRef ref =
        dispatcher.assign(
            shell("echo \"[$CUDA_VISIBLE_DEVICES]\"; exit 1"), "{}", "GPU-a", "GPU-b");
    AttemptRef none = assign("echo \"[$CUDA_VISIBLE_DEVICES]\"; exit 1", "{}");

    assertThat(dispatcher.awaitEnd(none).outputTail()).isEqualTo("[]\n");
    assertThat(dispatcher.awaitEnd(ref).outputTail()).isEqualTo("[GPU-a,GPU-b]\n");
  }

  @Test
  void outputDoesNotTellWhereTheCommandRuns() throws IOException {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    String device = "GPU-0a1b2c3d-0000-4000-8000-000000000001";
    AttemptRef ref =
        dispatcher.assign(
            shell(
                "pwd; echo \"$MUSTER_TASK_PAYLOAD\"; cat /proc/sys/kernel/hostname;"
                    + " echo \"$CUDA_VISIBLE_DEVICES\"; exit 1"),
            "{}",
            device);

    AttemptEnd end = dispatcher.awaitEnd(ref);

    assertThat(end.outputTail())
        .startsWith("/work\n/work/payload.json\n")
        .endsWith("GPU-0\n")
        .doesNotContain(data.toString());
    if (host.length() >= Mask.TEXT_MIN && !host.equals("localhost")) {
      assertThat(end.outputTail()).doesNotContain(host);
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> dispatcher.outputOf(ref).equals(end.outputTail()));
  }

  @Test
  void exitWithoutAResultFails() {
    assertThat(run("exit 0", "{}").errorCode()).isEqualTo(ErrorCode.RESULT_MISSING);
  }

  @Test
  void invalidResultFails() {
    assertThat(run("echo '{oops' > \"$MUSTER_TASK_RESULT\"", "{}").errorCode())
        .isEqualTo(ErrorCode.RESULT_INVALID);
    assertThat(run("echo '{} {}' > \"$MUSTER_TASK_RESULT\"", "{}").errorCode())
        .isEqualTo(ErrorCode.RESULT_INVALID);
    assertThat(run("ln -s /etc/hostname \"$MUSTER_TASK_RESULT\"", "{}").errorCode())
        .isEqualTo(ErrorCode.RESULT_INVALID);
    assertThat(run("mkfifo \"$MUSTER_TASK_RESULT\"", "{}").errorCode())
        .isEqualTo(ErrorCode.RESULT_INVALID);
  }

  @Test
  void resultOfOneMebibyteIsTakenAndOneByteMoreIsNot() {
    String write = "printf '\"%%%ds\"' '' > \"$MUSTER_TASK_RESULT\"";

    AttemptEnd largest = run(String.format(write, ResultFile.BYTES_MAX - 2), "{}");
    AttemptEnd tooLarge = run(String.format(write, ResultFile.BYTES_MAX - 1), "{}");

    assertThat(largest.result()).hasSize(ResultFile.BYTES_MAX);
    assertThat(tooLarge.errorCode()).isEqualTo(ErrorCode.RESULT_INVALID);
  }

  @Test
  void exitCodeSignalAndTailAreReported() {
    AttemptEnd exited = run("echo before; echo bad >&2; exit 7", "{}");
    AttemptEnd crashed = run("kill -SEGV $$", "{}");

    assertThat(exited.exitCode()).isEqualTo(7);
    assertThat(exited.errorCode()).isEqualTo(ErrorCode.EXIT_NONZERO);
    assertThat(exited.outputTail()).contains("before\n").contains("bad\n");
    assertThat(crashed.signal()).isEqualTo(11);
  }

  @Test
  void missingProgramIsToldPlainly() {
    AttemptEnd end = dispatcher.awaitEnd(dispatcher.assign(FakeDispatcher.run(9, "no-such"), "{}"));

    assertThat(end.errorCode()).isEqualTo(ErrorCode.START_FAILED);
    assertThat(end.error()).contains("'no-such'").doesNotContain(data.toString());
  }

  @Test
  void fiftyMegabytesOfOutputAreBoundedAndTheGapShows() {
    AttemptRef ref = assign("yes 0123456789abcde | head -c 52428800; echo LAST; exit 1", "{}");
    AttemptEnd end = dispatcher.awaitEnd(ref);

    assertThat(end.outputBytes()).isEqualTo(52_428_805L);
    assertThat(end.outputTail()).endsWith("LAST\n").hasSizeLessThanOrEqualTo(10 * 1024);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> dispatcher.outputOf(ref).endsWith("LAST\n"));
    assertThat(dispatcher.outputOf(ref).length()).isLessThan(2 * 1024 * 1024);
    assertThat(lastOffset(ref)).isEqualTo(52_428_805L);
  }

  @Test
  void outputIsSeenWhileTheCommandRuns() {
    AttemptRef ref = assign("printf 'no newline'; exec sleep 30", "{}");

    Awaitility.await()
        .atMost(Duration.ofSeconds(25))
        .until(() -> dispatcher.outputOf(ref).equals("no newline"));
    dispatcher.revoke(ref, Reason.CANCELLED);
    assertThat(dispatcher.awaitEnd(ref).status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void progressLinesCutApartByReadsAreParsedAndMalformedOnesStayOutput() {
    AttemptRef ref =
        assign(
            "printf 'MUSTER_PRO'; sleep 0.2; printf 'GRESS:{\"step\":'; sleep 0.2; echo '3}';"
                + " echo 'COMPUTALOT_PROGRESS:oops'; exit 1",
            "{}");

    assertThat(dispatcher.awaitEnd(ref).outputTail()).isEqualTo("COMPUTALOT_PROGRESS:oops\n");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() ->
            assertThat(dispatcher.progressOf(ref).filter(ProgressReported.class::isInstance))
                .containsExactly(new ProgressReported(ref, "{\"step\":3}")));
  }

  @Test
  void timeoutKillsTheWholeGroup() {
    AttemptRef ref =
        dispatcher.assign(
            FakeDispatcher.run(1, "/bin/sh", "-c", "trap '' TERM; sleep 60 & sleep 60; sleep 60"),
            "{}");
    AttemptEnd end = dispatcher.awaitEnd(ref);

    assertThat(end.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(end.errorCode()).isEqualTo(ErrorCode.TIMEOUT);
    assertThat(end.runMillis()).isBetween(1_000L, 50_000L);
    assertNothingOf(ref);
  }

  @Test
  void childThatIgnoresSigtermForksTwiceAndLeavesTheSessionIsGoneAfterCancel() {
    AttemptRef ref =
        assign(
            "trap '' TERM; (setsid sh -c \"trap '' TERM; (setsid sleep 1000 &) ; sleep 1000\" &);"
                + " echo ready; while :; do sleep 1000; done",
            "{}");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> dispatcher.outputOf(ref).contains("ready"));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> processesOf(ref).size() >= 3);
    long start = System.nanoTime();

    dispatcher.revoke(ref, Reason.CANCELLED);

    assertThat(dispatcher.awaitEnd(ref).status()).isEqualTo(Status.CANCELLED);
    assertNothingOf(ref);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void daemonLeftBehindByASuccessfulCommandIsKilledAndDoesNotHoldUpTheEnd() {
    AttemptRef ref =
        assign("echo '{}' > \"$MUSTER_TASK_RESULT\"; (setsid sleep 1000 &) ; exit 0", "{}");
    AttemptEnd end = dispatcher.awaitEnd(ref);

    assertThat(end.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(end.runMillis()).isLessThan(60_000);
    assertNothingOf(ref);
  }

  @Test
  void daemonThatWipesItsEnvironmentIsKilledWhenTheWorkerIsIdle() throws IOException {
    run("(env -i setsid sleep 1357 &) ; exit 3", "{}");

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> commandLines().noneMatch(line -> line.contains("sleep\0" + "1357")));
  }

  @Test
  void requiredSandboxThatIsMissingKeepsTheAgentFromStarting(@TempDir Path other) {
    AgentConfig config =
        TestAgents.config(
            "unsafe", other, Map.of("agent.sandbox", "required", "agent.path", "/no/such/folder"));

    assertThatThrownBy(() -> TestAgents.start(config, new SimpleMeterRegistry()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("agent.sandbox=required");
  }

  @Test
  void workFolderIsGoneAfterwards() {
    run("mkdir -p a/b; touch a/b/c; ln -s / a/root; chmod 000 a/b; exit 3", "{}");

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(data.resolve("work")).isEmptyDirectory());
    assertThat(Path.of("/etc/hostname")).exists();
  }

  private static AttemptEnd run(String script, String payload) {
    return dispatcher.awaitEnd(assign(script, payload));
  }

  private static AttemptRef assign(String script, String payload) {
    return dispatcher.assign(shell(script), payload);
  }

  private static RunSpec shell(String script) {
    return FakeDispatcher.run(60, "/bin/sh", "-c", script);
  }

  private static long lastOffset(AttemptRef ref) {
    return dispatcher
        .progressOf(ref)
        .filter(OutputWritten.class::isInstance)
        .map(OutputWritten.class::cast)
        .mapToLong(piece -> piece.offset() + piece.bytes())
        .max()
        .orElse(0);
  }

  private static void assertNothingOf(AttemptRef ref) {
    assertThat(processesOf(ref)).isEmpty();
  }

  /** Every process of the host, zombies left out, whose environment names the attempt's job. */
  private static List<String> processesOf(AttemptRef ref) {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(path -> path.getFileName().toString().chars().allMatch(Character::isDigit))
          .filter(path -> read(path.resolve("environ")).contains(ref.job().external() + "\0"))
          .map(path -> read(path.resolve("cmdline")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> commandLines() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.map(path -> read(path.resolve("cmdline"))).toList().stream();
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
