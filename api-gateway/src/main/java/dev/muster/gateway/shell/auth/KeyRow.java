package dev.muster.gateway.shell.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as it may be shown.
 *
 * @param keyId what names it: the key's beginning, up to its secret
 * @param tenant whose it is
 * @param label what people know it by
 * @param lastFour the last characters of its secret
 * @param scopes what it allows, as words in one order
 * @param createdAt when it was made
 * @param expiresAt when it ends, if it does
 * @param revokedAt when it was revoked, if it was
 */
public record KeyRow(
    String keyId,
    String tenant,
    String label,
    String lastFour,
    List<String> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {
  public KeyRow {
    scopes = List.copyOf(scopes);
  }
}
