package dev.muster.dispatcher.shell;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the loop turns, or stands by for another instance, and the relay reaches both sides.
 */
@Readiness
@ApplicationScoped
public class DispatcherReadiness implements HealthCheck {
  private final Dispatcher dispatcher;

  DispatcherReadiness(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("dispatch loop").status(dispatcher.isReady()).build();
  }
}
