package dev.muster.gateway.project;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest at the root of a project says (U2-07), as far as it is used. Tasks are
 * processes in the worker's sandbox, so what describes images and their sandboxes is read and told
 * as not used.
 *
 * @param command what jobs run that name the project and no command; empty for none
 * @param workdir folder inside the project in which commands start; null for its root
 * @param init shell commands that a worker runs once in the tree of a revision
 * @param executables programs that must be on the worker's PATH
 * @param files plain files that must be in the archive
 * @param checks shell commands that must succeed on a worker after {@code init}
 * @param notUsed JSON pointers to what is there and not used
 */
public record ProjectManifest(
    List<String> command,
    @Nullable String workdir,
    List<String> init,
    List<String> executables,
    List<String> files,
    List<String> checks,
    List<String> notUsed) {
  /** The manifest's name at the root of the archive. */
  public static final String FILE = "computalot.project.json";

  public ProjectManifest {
    command = List.copyOf(command);
    init = List.copyOf(init);
    executables = List.copyOf(executables);
    files = List.copyOf(files);
    checks = List.copyOf(checks);
    notUsed = List.copyOf(notUsed);
  }

  /** Whether a text is a path that stays inside the project. */
  public static boolean isInside(String path) {
    if (path.isEmpty() || path.startsWith("/") || path.indexOf('\\') >= 0) {
      return false;
    }
    for (String part : path.split("/", -1)) {
      if (part.equals("..") || part.isEmpty() || part.chars().anyMatch(Character::isISOControl)) {
        return false;
      }
    }
    return true;
  }
}
