package dev.muster.gateway.artifact;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.blob.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A named file of a tenant. It never changes.
 *
 * @param id {@code art_} and a ULID
 * @param name a relative path of plain segments
 * @param digest SHA-256 of the bytes, computed by the platform
 * @param bytes how many
 * @param createdAt when it was complete
 * @param source the task that left it, or null when a user uploaded it
 */
public record Artifact(
    String id, String name, Sha256 digest, long bytes, Instant createdAt, @Nullable Source source) {
  /** What every id begins with. */
  public static final String PREFIX = "art_";

  /**
   * Where it comes from.
   *
   * @param job the job
   * @param taskIndex the task, from 0
   */
  public record Source(JobId job, int taskIndex) {}

  /** Whether a text may be the id of an artifact. */
  public static boolean isId(String text) {
    return text.matches("art_[0-9A-HJKMNP-TV-Z]{26}");
  }

  /** Who holds its bytes. */
  public String owner() {
    return owner(id);
  }

  /** Who holds the bytes of the artifact with this id. */
  public static String owner(String id) {
    return "artifact/" + id;
  }
}
