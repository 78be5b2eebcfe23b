package dev.muster.gateway.artifact;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An artifact as the API shows it.
 *
 * @param artifactId its id
 * @param filename its name
 * @param sizeBytes its size
 * @param sha256 SHA-256 of its bytes, 64 hexadecimal digits
 * @param jobId the job whose task left it; null for an upload
 * @param taskIndex the task, from 0; null for an upload
 * @param createdAt when it was complete
 * @param downloadUrl where its bytes are
 */
public record ArtifactView(
    String artifactId,
    String filename,
    long sizeBytes,
    String sha256,
    @Nullable String jobId,
    @Nullable Integer taskIndex,
    Instant createdAt,
    String downloadUrl) {
  /** The view of an artifact. */
  public static ArtifactView of(Artifact artifact) {
    Artifact.Source source = artifact.source();
    return new ArtifactView(
        artifact.id(),
        artifact.name(),
        artifact.bytes(),
        artifact.digest().hex(),
        source == null ? null : source.job().external(),
        source == null ? null : source.taskIndex(),
        artifact.createdAt(),
        "/api/v1/artifacts/" + artifact.id());
  }
}
