package dev.muster.gateway.shell.config;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.Network;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.kit.SecretBox;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which hosts may be called on a user's behalf, and the secrets that sign what is sent to them. */
@Singleton
public class WebhookSecrets {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;

  private final @Nullable SecretBox box;
  private final EgressRules rules;

  WebhookSecrets(GatewayConfig config) {
    this.box =
        config
            .webhookKeyFile()
            .or(() ->
                config.bootstrapKeyFile().map(keyFile -> keyFile.resolveSibling("webhook-key")))
            .map(SecretBox::of)
            .orElse(null);
    this.rules =
        new EgressRules(
            config.egressPlainHttp(),
            config.egressOpenNetworks().orElse(List.of()).stream().map(Network::parse).toList(),
            config.ownHosts().orElse(Set.of()));
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
        new Fresh(
            new SigningSecret(box.seal(secret, endpoint), null),
            "whsec_" + Base64.getEncoder().encodeToString(secret)));
  }
}
