package dev.muster.planner.shell;

import dev.muster.kit.Database;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.trace.Tracing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the planner's database, producer and relay, and ends them in the right order. */
@ApplicationScoped
public class PlannerBeans {
  /** The planner's schema. */
  static final String SCHEMA = "planner";

  @Produces
  @Singleton
  Database database(Pool pool) {
    return new Database(pool, SCHEMA);
  }

  @Produces
  @Singleton
  Producer<String, byte[]> producer(
      @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
    return KafkaClients.outboxProducer(bootstrapServers);
  }

  void closeProducer(@Disposes Producer<String, byte[]> producer) {
    producer.close(java.time.Duration.ofSeconds(2));
  }

  @Produces
  @Singleton
  Tracing tracing() {
    return Tracing.of("job-planner", System.getenv());
  }

  void closeTracing(@Disposes Tracing tracing) {
    tracing.close();
  }

  @Produces
  @Singleton
  @Startup
  OutboxRelay relay(Database database, Producer<String, byte[]> producer, Tracing tracing) {
    return new OutboxRelay(database, producer, "/muster/job-planner", tracing).start();
  }

  void stop(@Observes ShutdownEvent event, OutboxRelay relay) {
    relay.close();
  }
}
