package dev.muster.gateway.shell.store;

import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.kit.OutboxLag;
import dev.muster.kit.OutboxRelay;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Says whether new jobs are taken: not while what was accepted does not get out to Kafka. It
 * believes what the relay saw at its last look, so that no submission waits for a question about
 * the outbox.
 */
@ApplicationScoped
public class Admission {
  private final OutboxRelay relay;
  private final GatewayConfig config;

  Admission(OutboxRelay relay, GatewayConfig config, MeterRegistry metrics) {
    this.relay = relay;
    this.config = config;
    metrics.gauge("outbox_pending", this, admission -> admission.relay.lag().pending());
    metrics.gauge(
        "outbox_oldest_age_seconds",
        this,
        admission -> admission.relay.lag().oldestAge().toMillis() / 1000.0);
  }

  /** Whether new jobs are taken. */
  public boolean isOpen() {
    OutboxLag lag = relay.lag();
    return lag.pending() <= config.admissionRowsMax()
        && lag.oldestAge().compareTo(config.admissionAgeMax()) <= 0;
  }
}
