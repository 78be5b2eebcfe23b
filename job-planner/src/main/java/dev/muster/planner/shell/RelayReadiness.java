package dev.muster.planner.shell;

import dev.muster.kit.OutboxRelay;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the relay's last look at the outbox, and its last sending, worked. */
@Readiness
@Singleton
public class RelayReadiness implements HealthCheck {
  private final OutboxRelay relay;

  RelayReadiness(OutboxRelay relay) {
    this.relay = relay;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("outbox relay").status(relay.isConnected()).build();
  }
}
