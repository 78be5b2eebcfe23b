package dev.muster.gateway.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook endpoint as the API shows it.
 *
 * @param id {@code ep_<ulid>}, or {@code callback} for the one that signs callbacks
 * @param url where to; null for callbacks
 * @param events kinds it subscribes to
 * @param description for people
 * @param enabled what its owner wants
 * @param status {@code active}, {@code failing}, {@code disabled} by its owner or for its failures
 * @param disabledAt when it was disabled for its failures
 * @param disabledReason {@code gone} or {@code failing}
 * @param failures attempts in a row that failed
 * @param failingSince when the first of them failed
 * @param previousSecretUntil until when the secret before the last rotation signs as well
 * @param createdAt when it was made
 * @param updatedAt when its owner last changed it
 * @param secret the new signing secret; only in the answer to its making, and never again
 */
public record WebhookView(
    String id,
    @Nullable String url,
    List<String> events,
    @Nullable String description,
    boolean enabled,
    String status,
    @Nullable Instant disabledAt,
    @Nullable String disabledReason,
    int failures,
    @Nullable Instant failingSince,
    @Nullable Instant previousSecretUntil,
    Instant createdAt,
    Instant updatedAt,
    @Nullable String secret) {
  /** The same with a secret to show this once. */
  public WebhookView withSecret(String shown) {
    return new WebhookView(
        id,
        url,
        events,
        description,
        enabled,
        status,
        disabledAt,
        disabledReason,
        failures,
        failingSince,
        previousSecretUntil,
        createdAt,
        updatedAt,
        shown);
  }
}
