package dev.muster.gateway.share;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link as its owner sees it.
 *
 * @param shareId its id, which opens nothing
 * @param jobId the job
 * @param scope {@code package} or {@code artifact}
 * @param artifactId the one file that it opens
 * @param status {@code active}, {@code expired} or {@code revoked}
 * @param createdAt when it was made
 * @param createdBy the id of the key that made it
 * @param expiresAt when it ends
 * @param revokedAt when it was revoked
 * @param downloads how often something was downloaded from its beginning
 * @param lastDownloadAt when that was last
 * @param url where it leads; shown once, when it is made
 * @param events what happened to it; only when one link is asked for
 */
public record ShareView(
    String shareId,
    String jobId,
    String scope,
    @Nullable String artifactId,
    String status,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    @Nullable Instant revokedAt,
    long downloads,
    @Nullable Instant lastDownloadAt,
    @Nullable String url,
    @Nullable List<Event> events) {
  /**
   * Something that happened to a link.
   *
   * @param at when
   * @param kind {@code created}, {@code downloaded} or {@code revoked}
   * @param key the key with which it was done
   * @param address where a download went
   * @param file what was downloaded
   */
  public record Event(
      Instant at,
      String kind,
      @Nullable String key,
      @Nullable String address,
      @Nullable String file) {}

  /** The view with the link's secret in it, for the one answer that shows it. */
  public ShareView withUrl(String shown) {
    return with(shown, events);
  }

  /** The view with all that happened. */
  public ShareView withEvents(List<Event> all) {
    return with(url, List.copyOf(all));
  }

  private ShareView with(@Nullable String shown, @Nullable List<Event> all) {
    return new ShareView(
        shareId,
        jobId,
        scope,
        artifactId,
        status,
        createdAt,
        createdBy,
        expiresAt,
        revokedAt,
        downloads,
        lastDownloadAt,
        shown,
        all);
  }
}
