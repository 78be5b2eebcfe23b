package dev.muster.gateway.project;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A project as the API shows it.
 *
 * @param name its name
 * @param remoteDir what the user said about its place on their side
 * @param revision digest of the newest archive; null before the first push
 * @param revisionBytes size of that archive
 * @param files plain files in it
 * @param unpackedBytes size of those files
 * @param pushedAt when it was first pushed
 * @param createdAt when the project was made
 * @param canAcceptNewJobs whether jobs may name it
 * @param readyForJobs whether what they need is there
 */
public record ProjectView(
    String name,
    @Nullable String remoteDir,
    @Nullable String revision,
    @Nullable Long revisionBytes,
    @Nullable Integer files,
    @Nullable Long unpackedBytes,
    @Nullable Instant pushedAt,
    Instant createdAt,
    boolean canAcceptNewJobs,
    boolean readyForJobs) {
  /** The view of a project. Workers fetch a revision when they first need it. */
  public static ProjectView of(Project project) {
    Project.Revision current = project.current();
    if (current == null) {
      return new ProjectView(
          project.name(),
          project.remoteDir(),
          null,
          null,
          null,
          null,
          null,
          project.createdAt(),
          false,
          false);
    }
    return new ProjectView(
        project.name(),
        project.remoteDir(),
        current.digest().hex(),
        current.bytes(),
        current.files(),
        current.unpackedBytes(),
        current.pushedAt(),
        project.createdAt(),
        true,
        true);
  }
}
