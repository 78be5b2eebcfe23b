package dev.muster.aggregator.shell.webhook;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the file with the keys cannot be used: nothing could be signed. */
@Readiness
@ApplicationScoped
class WebhookReadiness implements HealthCheck {
  private final WebhookSender sender;

  WebhookReadiness(WebhookSender sender) {
    this.sender = sender;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("webhook-keys").status(sender.hasKeys()).build();
  }
}
