package dev.muster.agent.shell.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.agent.attempt.Verdict;
import dev.muster.agent.files.Wanted;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.FederatedPayload;
import dev.muster.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Brings what earlier tasks of the same federated training have left, and looks whether the project
 * defines a model before anything is started.
 */
final class FederatedInputs {
  static final String MEMBER = "\"" + FederatedPayload.MEMBER + "\"";
  private static final String DEFINITION = "model_def.py";
  private static final Logger LOG = Logger.getLogger(FederatedInputs.class);

  private FederatedInputs() {}

  /** Whether the payload is that of a shard, which needs the project's definition of the model. */
  static boolean trains(String payload) {
    if (!payload.contains(MEMBER)) {
      return false;
    }
    try {
      return Json.MAPPER.readTree(payload).path(FederatedPayload.MEMBER).has("shard");
    } catch (JsonProcessingException e) {
      return false; // told before, where it is read for what it asks for
    }
  }

  /** The same with the file that defines the model, or why the attempt ended without it (S0-20). */
  static Bringing withDefinition(Bringing.Ready brought) {
    Path start = brought.project();
    if (start == null
        || Files.isRegularFile(start.resolve(DEFINITION), LinkOption.NOFOLLOW_LINKS)) {
      return brought;
    }
    brought.release().run();
    return new Bringing.Failed(
        Verdict.named(
            ErrorCode.MODEL_DEF_MISSING,
            "Expected " + DEFINITION + " where the project starts, but there is none"));
  }

  /**
   * Brings results and artifacts, where some are asked for.
   *
   * @param asking what planning says to the task
   * @return how the attempt ended when that failed
   */
  static Optional<AttemptEnd> bring(
      JsonNode asking, GatewayClient gateway, String right, Path folder) {
    Optional<AttemptEnd> failed = ReduceInputs.bring(asking, gateway, right, folder);
    if (failed.isPresent()) {
      return failed;
    }
    for (JsonNode file : asking.path("files")) {
      failed = bring(file, gateway, right, folder, file.path("name").asText());
      if (failed.isPresent()) {
        return failed;
      }
    }
    return Optional.empty();
  }

  private static Optional<AttemptEnd> bring(
      JsonNode file, GatewayClient gateway, String right, Path folder, String name) {
    Wanted wanted = new Wanted(null, null, null, name, file.path("as").asText());
    if (wanted.complaint().isPresent() || !file.path("task_index").isInt()) {
      return Optional.of(
          Verdict.workerFailed("Expected to know what to bring, but the plan says it wrongly"));
    }
    Path target = folder.resolve(wanted.target());
    try {
      Files.createDirectories(target.getParent());
    } catch (IOException e) {
      LOG.warnf(e, "Expected to make a folder for what earlier tasks left, but cannot");
      return Optional.of(Verdict.noSpace());
    }
    String path =
        "/worker/v1/artifacts?job=own&task="
            + file.path("task_index").intValue()
            + "&name="
            + GatewayClient.encoded(name);
    return switch (gateway.get(right, path, target)) {
      case Transfer.Done() -> Optional.empty();
      case Transfer.Fenced() -> Optional.empty();
      case Transfer.Full() -> Optional.of(Verdict.noSpace());
      case Transfer.Refused(String reason) ->
          Optional.of(Verdict.workerFailed("Expected what an earlier task left, but " + reason));
      case Transfer.Unreachable(String reason) -> {
        LOG.warnf("Expected what an earlier task left, but %s", reason);
        yield Optional.of(
            Verdict.workerFailed(
                "Expected what an earlier task left, but the gateway did not serve it"));
      }
    };
  }
}
