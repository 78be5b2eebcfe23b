package dev.muster.agent.shell;

import dev.muster.testkit.Infrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Makes agents on the real broker, with short graces. */
final class TestAgents {
  private TestAgents() {}

  static AgentConfig config(String worker, Path dataDir, Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    values.put("agent.worker-id", worker);
    values.put("agent.pool", "pool-of-" + worker);
    values.put("agent.data-dir", dataDir.toString());
    values.put("agent.cpus", "4");
    values.put("agent.sandbox", "off");
    values.put("agent.kill-grace", "500ms");
    values.put("agent.shutdown-finish", "100ms");
    values.put("agent.shutdown-kill-grace", "500ms");
    values.putAll(more);
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withConverter(
            java.time.Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .withMapping(AgentConfig.class)
        .build()
        .getConfigMapping(AgentConfig.class);
  }

  static Agent start(AgentConfig config, SimpleMeterRegistry registry) {
    Agent agent =
        new Agent(config, Infrastructure.shared().bootstrapServers(), registry, Clock.systemUTC());
    agent.start();
    return agent;
  }
}
