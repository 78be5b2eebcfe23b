package dev.muster.gateway.shell;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** {@link Vitals} for the management port. */
@Readiness
@ApplicationScoped
public class GatewayReadiness implements HealthCheck {
  private final Vitals vitals;

  GatewayReadiness(Vitals vitals) {
    this.vitals = vitals;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("gateway").status(vitals.isUp()).build();
  }
}
