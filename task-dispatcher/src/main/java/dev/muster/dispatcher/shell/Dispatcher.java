package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.Database;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Resender;
import dev.muster.kit.trace.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Starts and stops the parts of the service. */
@ApplicationScoped
public class Dispatcher {
  private final Pool pool;
  private final DispatcherConfig config;
  private final MeterRegistry registry;
  private final String bootstrapServers;
  private volatile @Nullable Running running;

  /** The parts while they run. */
  private record Running(
      Producer<String, byte[]> producer,
      OutboxRelay relay,
      DispatchLoop loop,
      Sweeper sweeper,
      Resender resender,
      Tracing tracing) {}

  Dispatcher(
      Pool pool,
      DispatcherConfig config,
      MeterRegistry registry,
      @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
    this.pool = pool;
    this.config = config;
    this.registry = registry;
    this.bootstrapServers = bootstrapServers;
  }

  void start(@Observes StartupEvent event) {
    if (config.lease().compareTo(config.heartbeat().multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "Expected dispatcher.lease to be at least two heartbeats, but it is "
              + config.lease()
              + " with heartbeats each "
              + config.heartbeat());
    }
    Database database = new Database(pool, "dispatcher");
    Producer<String, byte[]> producer = KafkaClients.outboxProducer(bootstrapServers);
    Tracing tracing = Tracing.of("task-dispatcher", System.getenv());
    OutboxRelay relay =
        new OutboxRelay(database, producer, "/muster/task-dispatcher", tracing).start();
    Gauge.builder("outbox.pending", relay, r -> r.lag().pending()).register(registry);
    Gauge.builder("outbox.oldest.age.seconds", relay, r -> r.lag().oldestAge().toMillis() / 1000.0)
        .register(registry);
    ShardLeases leases =
        new ShardLeases(database, UUID.randomUUID().toString(), config.shardLease());
    DispatchLoop loop =
        new DispatchLoop(
            new DispatchParts(
                config,
                bootstrapServers,
                database,
                leases,
                new DispatcherMetrics(registry),
                tracing,
                relay::wake));
    Sweeper sweeper = new Sweeper(database, config.tombstoneRetention());
    Resender resender =
        new Resender(
            database,
            relay,
            bootstrapServers,
            "task-events",
            Set.of(Topic.TASK_EVENTS),
            new TaskEventResend());
    running =
        new Running(producer, relay, loop.start(), sweeper.start(), resender.start(), tracing);
  }

  void stop(@Observes ShutdownEvent event) {
    Running parts = running;
    running = null;
    if (parts != null) {
      parts.loop().close();
      parts.sweeper().close();
      parts.resender().close();
      parts.relay().close();
      parts.producer().close();
      parts.tracing().close();
    }
  }

  /** Whether plans are dispatched: loop and relay work. */
  boolean isReady() {
    Running parts = running;
    return parts != null && parts.loop().isReady() && parts.relay().isConnected();
  }
}
