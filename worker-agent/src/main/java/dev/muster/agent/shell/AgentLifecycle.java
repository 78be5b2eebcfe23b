package dev.muster.agent.shell;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Starts and stops the agent with the application. */
@ApplicationScoped
class AgentLifecycle {
  private final AgentConfig config;
  private final String bootstrapServers;
  private final MeterRegistry registry;
  private volatile @Nullable Agent agent;

  AgentLifecycle(
      AgentConfig config,
      @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
      MeterRegistry registry) {
    this.config = config;
    this.bootstrapServers = bootstrapServers;
    this.registry = registry;
  }

  void start(@Observes StartupEvent event) {
    Agent started = new Agent(config, bootstrapServers, registry, Clock.systemUTC());
    agent = started;
    started.start();
  }

  void stop(@Observes ShutdownEvent event) {
    Agent running = agent;
    if (running != null) {
      running.close();
    }
  }

  boolean isReady() {
    Agent running = agent;
    return running != null && running.isReady();
  }
}
