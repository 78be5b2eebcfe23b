package dev.muster.gateway.shell;

import dev.muster.contracts.Topic;
import dev.muster.gateway.shell.auth.Bootstrap;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.store.Credit;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.gateway.shell.store.EventLogRepository;
import dev.muster.gateway.shell.store.GatewayResend;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.LedgerRepository;
import dev.muster.gateway.shell.store.StalledJobs;
import dev.muster.gateway.shell.store.SubmissionQueue;
import dev.muster.gateway.shell.store.SubmissionResend;
import dev.muster.gateway.shell.store.TaskRepository;
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
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Wires, starts and stops the parts that live as long as the gateway. */
@ApplicationScoped
public class Gateway {
  private final Database database;
  private final DatabaseWatch watch;
  private final KafkaProducer<String, byte[]> producer;
  private final OutboxRelay relay;
  private final Tracing tracing;
  private final SubmissionQueue queue;
  private final Secrets secrets;
  private final Resender resender;
  private final StalledJobs stalled;

  Gateway(
      Pool pool,
      GatewayConfig config,
      @ConfigProperty(name = "kafka.bootstrap.servers") String brokers) {
    this.secrets = Secrets.of(config);
    this.database = new Database(pool, "gateway");
    this.watch = new DatabaseWatch(pool);
    this.producer = KafkaClients.outboxProducer(brokers);
    this.tracing = Tracing.of("api-gateway", System.getenv());
    this.relay = new OutboxRelay(database, producer, "/muster/api-gateway", tracing);
    Credit credit = new Credit(config.creditRequired(), config.creditHoldMax());
    this.queue = new SubmissionQueue(database, credit, watch, secrets, relay::wake);
    SubmissionResend submissions = new SubmissionResend(secrets, credit);
    this.resender =
        new Resender(
            database,
            relay,
            brokers,
            GatewayResend.NAME,
            Set.of(Topic.SUBMISSIONS, Topic.PLANS, Topic.WEBHOOKS),
            new GatewayResend(submissions));
    this.stalled = new StalledJobs(database, relay, submissions);
  }

  void start(@Observes StartupEvent event, Bootstrap bootstrap) {
    relay.start();
    queue.start();
    resender.start();
    stalled.start();
    Thread.ofVirtual().name("bootstrap").start(bootstrap::run);
  }

  void stop(@Observes ShutdownEvent event) {
    queue.close();
    stalled.close();
    resender.close();
    relay.close();
    producer.close(Duration.ofSeconds(2));
    tracing.close();
  }

  @Produces
  @Singleton
  Database database() {
    return database;
  }

  @Produces
  @Singleton
  DatabaseWatch watch() {
    return watch;
  }

  @Produces
  @Singleton
  OutboxRelay relay() {
    return relay;
  }

  @Produces
  @Singleton
  Tracing tracing() {
    return tracing;
  }

  @Produces
  @Singleton
  SubmissionQueue queue() {
    return queue;
  }

  @Produces
  @Singleton
  static JobRepository jobs(Pool pool, DatabaseWatch watch) {
    return new JobRepository(pool, watch);
  }

  @Produces
  @Singleton
  static EventLogRepository events(Pool pool, DatabaseWatch watch) {
    return new EventLogRepository(pool, watch);
  }

  @Produces
  @Singleton
  static TaskRepository tasks(Pool pool, DatabaseWatch watch) {
    return new TaskRepository(pool, watch);
  }

  @Produces
  @Singleton
  static LedgerRepository ledger(Pool pool, DatabaseWatch watch, Database database) {
    return new LedgerRepository(pool, watch, database);
  }

  @Produces
  @Singleton
  StalledJobs stalled() {
    return stalled;
  }

  @Produces
  @Singleton
  Secrets secrets() {
    return secrets;
  }
}
