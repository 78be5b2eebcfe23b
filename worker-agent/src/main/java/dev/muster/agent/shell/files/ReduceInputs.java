package dev.muster.agent.shell.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.agent.attempt.Verdict;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.TaskPayload;
import dev.muster.kit.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Brings the results that a reduce task has for inputs into one file, page by page, so that neither
 * the gateway nor the agent ever holds all of them.
 */
final class ReduceInputs {
  static final String MEMBER = "\"_reduce\"";
  private static final Logger LOG = Logger.getLogger(ReduceInputs.class);

  private ReduceInputs() {}

  /**
   * Brings them, where some are asked for.
   *
   * @param asking what planning says to the task, with {@code inputs} where it has some
   * @return how the attempt ended when that failed
   */
  static Optional<AttemptEnd> bring(
      JsonNode asking, GatewayClient gateway, String right, Path folder) {
    JsonNode inputs = asking.path("inputs");
    if (!inputs.path("first").canConvertToInt() || !inputs.path("count").canConvertToInt()) {
      return Optional.empty();
    }
    int next = inputs.path("first").intValue();
    int last = next + inputs.path("count").intValue() - 1;
    Path all = folder.resolve(TaskPayload.INPUTS_FILE);
    Path page = folder.resolve(TaskPayload.INPUTS_FILE + ".page");
    try (OutputStream out = Files.newOutputStream(all, StandardOpenOption.CREATE_NEW)) {
      while (next <= last) {
        String path = "/worker/v1/results?first=" + next + "&last=" + last;
        switch (gateway.get(right, path, page)) {
          case Transfer.Done() -> {
            Files.copy(page, out);
            next = lastIndex(page) + 1;
            Files.delete(page);
          }
          case Transfer.Fenced() -> {
            return Optional.empty();
          }
          case Transfer.Full() -> {
            return Optional.of(Verdict.noSpace());
          }
          case Transfer.Refused(String reason) -> {
            return Optional.of(
                Verdict.workerFailed("Expected the inputs to reduce, but " + reason));
          }
          case Transfer.Unreachable(String reason) -> {
            LOG.warnf("Expected the inputs of a reduce task, but %s", reason);
            return Optional.of(
                Verdict.workerFailed(
                    "Expected the inputs to reduce, but the gateway did not serve them"));
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      LOG.warnf(e, "Expected to write the inputs of a reduce task, but cannot");
      return Optional.of(
          Verdict.workerFailed("Expected room for the inputs to reduce, but there is none"));
    }
  }

  /** The index on the last line of a page. */
  private static int lastIndex(Path page) throws IOException {
    String last = "";
    try (var lines = Files.lines(page, StandardCharsets.UTF_8)) {
      for (String line : (Iterable<String>) lines::iterator) {
        last = line;
      }
    }
    JsonNode index = Json.MAPPER.readTree(last).path("index");
    if (!index.isInt()) {
      throw new IOException("a page of results without an index on its last line");
    }
    return index.intValue();
  }
}
