package dev.muster.agent.files;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest of a project wants of a worker (U2-07). The gateway has refused manifests that
 * are not what they must be, so anything else reads as absent here.
 *
 * @param workdir folder inside the project in which commands start; null for its root
 * @param init shell commands to run once in the tree of a revision
 * @param executables programs that must be there
 * @param checks shell commands that must succeed after {@code init}
 */
public record Preparation(
    @Nullable String workdir, List<String> init, List<String> executables, List<String> checks) {
  /** Nothing is wanted. */
  public static final Preparation NONE = new Preparation(null, List.of(), List.of(), List.of());

  public Preparation {
    init = List.copyOf(init);
    executables = List.copyOf(executables);
    checks = List.copyOf(checks);
  }

  /** Whether a text names a folder below another one. */
  public static boolean isInside(String path) {
    return !path.isEmpty()
        && !path.startsWith("/")
        && List.of(path.split("/", -1)).stream()
            .noneMatch(part -> part.isEmpty() || part.equals(".."));
  }
}
