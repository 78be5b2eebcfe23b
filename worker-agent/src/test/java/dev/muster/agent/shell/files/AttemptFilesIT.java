package dev.muster.agent.shell.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptFilesIT {
  private static final RunSpec RUN =
      new RunSpec(List.of("x"), ResourceRequest.DEFAULT, RetryPolicy.DEFAULT, 60);

  private final FakeGateway gateway = new FakeGateway();
  private AttemptFiles files;

  @TempDir Path folder;

  @BeforeEach
  void connect() {
    files =
        new AttemptFiles(
            new AttemptFiles.Settings(
                Optional.of(gateway.address()),
                Duration.ofMillis(500),
                folder.resolveSibling("cache"),
                1_000_000_000,
                "/usr/bin:/bin",
                Duration.ofMinutes(5)));
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void plainFilesAreTakenAtAnyDepthAndLinksAreNot() throws IOException {
    Files.createDirectories(folder.resolve("a b/c"));
    Files.writeString(folder.resolve("a b/c/é.txt"), "deep");
    Files.writeString(folder.resolve("empty"), "");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/hostname"));
    Files.createSymbolicLink(folder.resolve("folder-link"), Path.of("/etc"));

    assertThat(files.take(folder, "right")).isEmpty();

    assertThat(gateway.files).containsOnlyKeys("a b/c/é.txt", "empty");
    assertThat(gateway.files.get("a b/c/é.txt")).isEqualTo("deep");
  }

  @Test
  void whatMayPassIsTriedAgain() throws IOException {
    Files.writeString(folder.resolve("f"), "x");
    gateway.refusals.addAll(List.of("503 unavailable", "500 internal"));

    assertThat(files.take(folder, "right")).isEmpty();

    assertThat(gateway.files).containsEntry("f", "x");
  }

  @Test
  void slowStoreTakesEverythingAllTheSame() throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.writeString(folder.resolve("f" + i), "x" + i);
    }
    gateway.delay = Duration.ofMillis(100);

    assertThat(files.take(folder, "right")).isEmpty();

    assertThat(gateway.files).hasSize(10).containsEntry("f9", "x9");
  }

  @Test
  void gatewayThatStaysAwayIsTheWorkersFault() throws IOException {
    Files.writeString(folder.resolve("f"), "x");
    gateway.close();

    AttemptEnd end = files.take(folder, "right").orElseThrow();

    assertThat(end.status()).isEqualTo(AttemptEnd.Status.LOST);
    assertThat(end.error()).startsWith("artifact-store: ");
  }

  @Test
  void refusedFileIsTheTasksFault() throws IOException {
    Files.writeString(folder.resolve("f"), "x");
    gateway.refusals.add("422 validation");

    AttemptEnd end = files.take(folder, "right").orElseThrow();

    assertThat(end.status()).isEqualTo(AttemptEnd.Status.FAILED);
    assertThat(end.errorCode()).isEqualTo(ErrorCode.RESULT_INVALID);
    assertThat(end.error()).contains("Expected another file");
  }

  @Test
  void fencedAttemptGoesOnToBeRefusedByTheDispatcher() throws IOException {
    Files.writeString(folder.resolve("f"), "x");
    gateway.refusals.add("409 attempt-not-current");

    assertThat(files.take(folder, "right")).isEmpty();
  }

  @Test
  void wantedArtifactIsPutWhereThePayloadSays() throws IOException {
    gateway.files.put("model", "weights");
    String payload =
        "{\"_artifacts\":{\"download\":[{\"job_id\":\"j\",\"name\":\"model\",\"as\":\"in/m\"}]}}";

    assertThat(AttemptFiles.mayWant(RUN, payload)).isTrue();
    assertThat(files.bring(payload, "right", folder)).isEmpty();

    assertThat(folder.resolve("in/m")).hasContent("weights");
  }

  @Test
  void filesOfEarlierTasksOfATrainingArePutWhereThePlanSays() {
    gateway.files.put("update.pt", "learnt");
    String file = "{\"task_index\":3,\"name\":\"%s\",\"as\":\"_federated/0.pt\"}";
    String payload = "{\"_federated\":{\"round\":1,\"files\":[" + file + "]}}";

    assertThat(AttemptFiles.mayWant(RUN, payload)).isTrue();
    assertThat(files.bring(payload.formatted("update.pt"), "right", folder)).isEmpty();
    assertThat(folder.resolve("_federated/0.pt")).hasContent("learnt");
    assertThat(gateway.queries).contains("job=own&task=3&name=update.pt");

    // What is planned is there, so that it is not the task's fault when it is not.
    AttemptEnd gone = files.bring(payload.formatted("none"), "right", folder).orElseThrow();
    assertThat(gone.status()).isEqualTo(AttemptEnd.Status.LOST);
  }

  @Test
  void trainingWithoutADefinitionOfItsModelEndsBeforeItStarts() {
    Bringing brought = FederatedInputs.withDefinition(new Bringing.Ready(folder, null, () -> {}));

    assertThat(((Bringing.Failed) brought).end().errorCode())
        .isEqualTo(ErrorCode.MODEL_DEF_MISSING);
    assertThat(FederatedInputs.trains("{\"_federated\":{\"shard\":0}}")).isTrue();
    assertThat(FederatedInputs.trains("{\"_federated\":{\"round\":1}}")).isFalse();
    assertThat(FederatedInputs.trains("{\"a\":\"_federated\",\"shard\":1}")).isFalse();
  }

  @Test
  void changedBytesNeverArrive() {
    gateway.files.put("model", "weights");
    gateway.flipping = true;

    AttemptEnd end =
        files
            .bring("{\"_artifacts\":{\"download\":[{\"name\":\"model\"}]}}", "right", folder)
            .orElseThrow();

    assertThat(end.status()).isEqualTo(AttemptEnd.Status.LOST);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void unknownArtifactAndTargetOutsideFailTheTask() {
    for (String wish : List.of("{\"name\":\"none\"}", "{\"name\":\"model\",\"as\":\"../m\"}")) {
      AttemptEnd end =
          files
              .bring("{\"_artifacts\":{\"download\":[" + wish + "]}}", "right", folder)
              .orElseThrow();
      assertThat(end.errorCode()).as(wish).isEqualTo(ErrorCode.INPUT_INVALID);
    }
  }
}
