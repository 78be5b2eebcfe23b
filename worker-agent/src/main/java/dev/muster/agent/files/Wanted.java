package dev.muster.agent.files;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An artifact that a task wants beside its payload.
 *
 * @param id the artifact, when it is named by its id
 * @param job the job whose task left it, when it is named by job and name
 * @param task that job's task; any when null
 * @param name its name there
 * @param target where it goes, relative to the attempt's folder
 */
public record Wanted(
    @Nullable String id,
    @Nullable String job,
    @Nullable Integer task,
    @Nullable String name,
    String target) {
  /** What the agent puts into the folder itself. */
  private static final Set<String> TAKEN =
      Set.of(
          "payload.json",
          "result.json",
          "error.json",
          "home",
          "tmp",
          "artifacts",
          "project",
          "inputs.jsonl");

  /** What is wrong with the target, as one sentence; empty when nothing is. */
  public Optional<String> complaint() {
    if (target.isEmpty() || target.length() > 255 || target.indexOf('\0') >= 0) {
      return Optional.of("Expected a target of 1 to 255 characters");
    }
    String[] parts = target.split("/", -1);
    for (String part : parts) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("\\")) {
        return Optional.of("Expected a relative target without empty parts, . and ..");
      }
    }
    return TAKEN.contains(parts[0])
        ? Optional.of("Expected a target that is not the agent's own: " + parts[0])
        : Optional.empty();
  }
}
