package dev.muster.agent.shell.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.agent.attempt.Verdict;
import dev.muster.agent.files.Preparation;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.kit.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does what the manifest of a project asks for, once in the tree of a revision: its programs must
 * be there, its commands run, its checks succeed. All of it is the user's code, and is contained as
 * the attempt's command is.
 */
final class ProjectSetup {
  private static final String MANIFEST = "computalot.project.json";
  private static final int MANIFEST_BYTES_MAX = 256 * 1024;

  private final Programs programs;

  ProjectSetup(Programs programs) {
    this.programs = programs;
  }

  /** What the manifest of a tree wants; nothing when there is none. */
  static Preparation wanted(Path tree) throws IOException {
    Path file = tree.resolve(MANIFEST);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Preparation.NONE;
    }
    JsonNode manifest;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      manifest = Json.MAPPER.readTree(in.readNBytes(MANIFEST_BYTES_MAX));
    } catch (JsonProcessingException e) {
      return Preparation.NONE;
    }
    String workdir = manifest.path("runtime").path("workdir").asText("");
    return new Preparation(
        Preparation.isInside(workdir) ? workdir : null,
        texts(manifest.path("runtime").path("init").path("commands")),
        texts(manifest.path("validation").path("executables")),
        texts(manifest.path("validation").path("commands")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : list) {
      texts.add(one.asText());
    }
    return texts;
  }

  /** Prepares a tree; the answer says how the attempt ended that cannot use it. */
  @Nullable AttemptEnd run(Path tree, Preparing preparing) throws IOException {
    Preparation wanted = wanted(tree);
    for (String program : wanted.executables()) {
      if (!isThere(program)) {
        return Verdict.inputFailed(
            "Expected the program " + program + " that the project needs, but it is not there");
      }
    }
    for (String command : wanted.init()) {
      Optional<String> failure = failure(command, tree, preparing);
      if (failure.isPresent()) {
        return Verdict.inputFailed("The project's init command failed: " + failure.get());
      }
    }
    for (String command : wanted.checks()) {
      Optional<String> failure = failure(command, tree, preparing);
      if (failure.isPresent()) {
        return Verdict.inputFailed("The project's validation failed: " + failure.get());
      }
    }
    return null;
  }

  private boolean isThere(String program) {
    for (String folder : programs.path().split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(program))) {
        return true;
      }
    }
    return false;
  }

  private Optional<String> failure(String command, Path tree, Preparing preparing)
      throws IOException {
    Programs.Said said = programs.run(List.of("/bin/sh", "-c", command), tree, tree, preparing);
    return said.exit() == 0 ? Optional.empty() : Optional.of(said.line());
  }
}
