package dev.muster.gateway.shell.config;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.Network;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.kit.SecretBox;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Which hosts may be called on a user's behalf, and the secrets that sign what is sent to them. */
@Singleton
public class WebhookSecrets {
  private static final Logger LOG = Logger.getLogger(WebhookSecrets.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;

  private final @Nullable Path keyFile;
  private final EgressRules rules;
  private volatile @Nullable SecretBox box;

  WebhookSecrets(GatewayConfig config) {
    this.keyFile =
        config
            .webhookKeyFile()
            .or(() -> config.bootstrapKeyFile().map(file -> file.resolveSibling("webhook-key")))
            .orElse(null);
    this.rules =
        new EgressRules(
            config.egressPlainHttp(),
            config.egressOpenNetworks().orElse(List.of()).stream().map(Network::parse).toList(),
            config.ownHosts().orElse(Set.of()));
    if (isBroken()) {
      LOG.errorf("Webhooks cannot be set up until the key file %s is mended", keyFile);
    }
  }

  /** The keys; a file that cannot be used is looked at again the next time. */
  private @Nullable SecretBox box() {
    SecretBox known = box;
    if (known != null || keyFile == null) {
      return known;
    }
    try {
      SecretBox opened = SecretBox.of(keyFile);
      box = opened;
      return opened;
    } catch (IllegalStateException | UncheckedIOException e) {
      LOG.debugf("Webhooks cannot be set up: %s", e.getMessage());
      return null;
    }
  }

  /** Whether there is a key file that cannot be used; it stops webhooks, and nothing else. */
  public boolean isBroken() {
    return keyFile != null && box() == null;
  }

  /** Which hosts may be called. */
  public EgressRules rules() {
    return rules;
  }

  /**
   * A new secret.
   *
   * @param sealed as it is kept
   * @param shown as its owner gets it, once
   */
  public record Fresh(SigningSecret sealed, String shown) {}

  /** Makes a secret for an endpoint; empty where no key to encrypt it is set up. */
  public Optional<Fresh> make(String endpoint) {
    SecretBox keys = box();
    if (keys == null) {
      return Optional.empty();
    }
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    return Optional.of(
        new Fresh(new SigningSecret(keys.seal(secret, endpoint), null), written(secret)));
  }

  /** A secret that was made before, as its owner gets it; empty when no key opens it. */
  public Optional<String> shown(String endpoint, String sealed) {
    SecretBox keys = box();
    return keys == null
        ? Optional.empty()
        : keys.open(sealed, endpoint).map(WebhookSecrets::written);
  }

  private static String written(byte[] secret) {
    return "whsec_" + Base64.getEncoder().encodeToString(secret);
  }
}
