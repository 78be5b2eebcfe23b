package dev.muster.aggregator.shell;

import dev.muster.contracts.Topic;
import dev.muster.kit.Database;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.Resender;
import dev.muster.kit.trace.Tracing;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes, starts and stops what the service stands on: the database and the outbox relay. */
@ApplicationScoped
public class Wiring {
  private final Database database;
  private final Producer<String, byte[]> producer;
  private final OutboxRelay relay;
  private final Resender resender;
  private final Tracing tracing;
  private volatile boolean running = true;

  Wiring(Pool pool, @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
    database = new Database(pool, "aggregator");
    producer = KafkaClients.outboxProducer(bootstrapServers);
    tracing = Tracing.of("result-aggregator", System.getenv());
    relay = new OutboxRelay(database, producer, "/muster/result-aggregator", tracing);
    resender =
        new Resender(
            database,
            relay,
            bootstrapServers,
            JobEventResend.NAME,
            Set.of(Topic.JOB_EVENTS),
            new JobEventResend());
  }

  /** The database. */
  public Database database() {
    return database;
  }

  /** What sends the outbox. */
  public OutboxRelay relay() {
    return relay;
  }

  /** What records the way of jobs through this service. */
  public Tracing tracing() {
    return tracing;
  }

  /** False from the moment the service was told to stop. */
  public boolean isRunning() {
    return running;
  }

  void start(@Observes StartupEvent event) {
    relay.start();
    resender.start();
  }

  void stop(@Observes ShutdownEvent event) {
    running = false;
    resender.close();
    relay.close();
    producer.close();
    tracing.close();
  }
}
