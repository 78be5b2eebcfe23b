package dev.muster.gateway.shell;

import dev.muster.gateway.shell.config.WebhookSecrets;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** {@link Vitals} for the management port, and whether the keys of webhooks can be used. */
@Readiness
@ApplicationScoped
public class GatewayReadiness implements HealthCheck {
  private final Vitals vitals;
  private final WebhookSecrets webhooks;

  GatewayReadiness(Vitals vitals, WebhookSecrets webhooks) {
    this.vitals = vitals;
    this.webhooks = webhooks;
  }

  @Override
  public HealthCheckResponse call() {
    boolean up = vitals.isUp();
    return HealthCheckResponse.named("gateway")
        .withData("platform", up)
        .withData("webhook_keys", !webhooks.isBroken())
        .status(up && !webhooks.isBroken())
        .build();
  }
}
