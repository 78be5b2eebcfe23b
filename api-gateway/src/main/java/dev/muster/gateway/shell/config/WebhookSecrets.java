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

  private final @Nullable SecretBox box;
  private boolean broken;
  private final EgressRules rules;

  WebhookSecrets(GatewayConfig config) {
    this.box =
        config
            .webhookKeyFile()
            .or(() ->
                config.bootstrapKeyFile().map(keyFile -> keyFile.resolveSibling("webhook-key")))
            .map(this::open)
            .orElse(null);
    this.rules =
        new EgressRules(
            config.egressPlainHttp(),
            config.egressOpenNetworks().orElse(List.of()).stream().map(Network::parse).toList(),
            config.ownHosts().orElse(Set.of()));
  }

  /** A file that cannot be used stops webhooks, and nothing else. */
  private @Nullable SecretBox open(Path keyFile) {
    try {
      return SecretBox.of(keyFile);
    } catch (IllegalStateException | UncheckedIOException e) {
      broken = true;
      LOG.errorf("Webhooks cannot be set up: %s", e.getMessage());
      return null;
    }
  }

  /** Whether there is a key file that cannot be used. */
  public boolean isBroken() {
    return broken;
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
    if (box == null) {
      return Optional.empty();
    }
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    return Optional.of(
        new Fresh(new SigningSecret(box.seal(secret, endpoint), null), written(secret)));
  }

  /** A secret that was made before, as its owner gets it; empty when no key opens it. */
  public Optional<String> shown(String endpoint, String sealed) {
    return box == null ? Optional.empty() : box.open(sealed, endpoint).map(WebhookSecrets::written);
  }

  private static String written(byte[] secret) {
    return "whsec_" + Base64.getEncoder().encodeToString(secret);
  }
}
