package dev.muster.aggregator.shell;

import dev.muster.kit.DatabaseUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when a connection can be borrowed and used, the relay looks at the outbox, and the
 * consumers take part in their groups. The channels add checks of their own.
 */
@Readiness
@ApplicationScoped
class AggregatorReadiness implements HealthCheck {
  private final Wiring wiring;
  private final Consumers consumers;

  AggregatorReadiness(Wiring wiring, Consumers consumers) {
    this.wiring = wiring;
    this.consumers = consumers;
  }

  @Override
  public HealthCheckResponse call() {
    boolean database;
    try {
      wiring.database().transaction(tx -> tx.query("SELECT 1").size());
      database = true;
    } catch (DatabaseUnavailableException e) {
      database = false;
    }
    boolean relay = wiring.relay().isConnected();
    boolean members = consumers.areMembers();
    return HealthCheckResponse.named("result-aggregator")
        .withData("database", database)
        .withData("outbox_relay", relay)
        .withData("consumers", members)
        .status(database && relay && members)
        .build();
  }
}
