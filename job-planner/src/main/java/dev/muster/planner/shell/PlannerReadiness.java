package dev.muster.planner.shell;

import dev.muster.kit.OutboxRelay;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the relay's last look at the outbox, and its last sending, worked, and the consumer
 * takes part in its group.
 */
@Readiness
@Singleton
public class PlannerReadiness implements HealthCheck {
  private final OutboxRelay relay;
  private final InboxConsumer consumer;

  PlannerReadiness(OutboxRelay relay, InboxConsumer consumer) {
    this.relay = relay;
    this.consumer = consumer;
  }

  @Override
  public HealthCheckResponse call() {
    boolean sends = relay.isConnected();
    boolean reads = consumer.isMember();
    return HealthCheckResponse.named("job-planner")
        .withData("outbox_relay", sends)
        .withData("inbox", reads)
        .status(sends && reads)
        .build();
  }
}
