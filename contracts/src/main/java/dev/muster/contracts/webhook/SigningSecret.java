package dev.muster.contracts.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A secret that signs what goes to an endpoint; encrypted, so that neither a topic nor a table ever
 * holds it in the clear.
 *
 * @param sealed the secret's bytes under AES-256-GCM, with the id of the key, bound to the endpoint
 * @param until when it signs no more, for a secret that has a successor; else null
 */
public record SigningSecret(String sealed, @Nullable Instant until) {}
