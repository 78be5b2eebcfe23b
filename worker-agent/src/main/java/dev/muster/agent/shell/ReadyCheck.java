package dev.muster.agent.shell;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the dispatcher has welcomed the worker: broker, mail and dispatcher all work. */
@Readiness
@ApplicationScoped
class ReadyCheck implements HealthCheck {
  private final AgentLifecycle agent;

  ReadyCheck(AgentLifecycle agent) {
    this.agent = agent;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("welcomed by the dispatcher").status(agent.isReady()).build();
  }
}
