package dev.muster.gateway.project;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a project.
 *
 * @param name its name
 * @param revision digest of the newest archive; null before the first push
 * @param canAcceptNewJobs whether jobs may name it
 * @param readyForJobs whether what they need is there
 * @param manifest what its newest revision says of itself; null when it says nothing
 * @param revisions its newest revisions, at most 100
 * @param nodes which workers have fetched which of them, at most 100
 */
public record ProjectDetails(
    String name,
    @Nullable String revision,
    boolean canAcceptNewJobs,
    boolean readyForJobs,
    @Nullable ProjectManifest manifest,
    List<Revision> revisions,
    List<Node> nodes) {
  public ProjectDetails {
    revisions = List.copyOf(revisions);
    nodes = List.copyOf(nodes);
  }

  /**
   * One pushed archive.
   *
   * @param revision SHA-256 of the archive
   * @param revisionBytes its size
   * @param files plain files in it
   * @param unpackedBytes size of those files
   * @param pushedAt when it was first pushed
   * @param current whether new jobs run it
   */
  public record Revision(
      String revision,
      long revisionBytes,
      int files,
      long unpackedBytes,
      Instant pushedAt,
      boolean current) {}

  /**
   * A worker that has a revision.
   *
   * @param node the worker's alias
   * @param revision which
   * @param fetchedAt when it last fetched it; it may have dropped it from its cache since
   * @param current whether that is the newest revision
   */
  public record Node(String node, String revision, Instant fetchedAt, boolean current) {}
}
