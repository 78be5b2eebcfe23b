package dev.muster.dispatcher.shell;

import dev.muster.kit.Database;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.OutboxRelay;
import dev.muster.kit.trace.Tracing;
import dev.muster.stack.PostgresAddress;
import dev.muster.testkit.Infrastructure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;

/** A dispatcher without its container, so that a test can have several in one JVM. */
final class TestDispatcher implements AutoCloseable {
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Database database;
  final DispatchLoop loop;
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;
  private final Producer<String, byte[]> producer;
  private final OutboxRelay relay;
  private final Sweeper sweeper;

  TestDispatcher(Infrastructure infrastructure, Map<String, String> settings) {
    PostgresAddress postgres = infrastructure.postgres();
    pool =
        PgBuilder.pool()
            .connectingTo(
                PgConnectOptions.fromUri(postgres.reactiveUrl())
                    .setUser("muster_dispatcher")
                    .setPassword(postgres.passwordOf("muster_dispatcher"))
                    .setCachePreparedStatements(true))
            .with(new PoolOptions().setMaxSize(4))
            .using(vertx)
            .build();
    database = new Database(pool, "dispatcher");
    producer = KafkaClients.outboxProducer(infrastructure.bootstrapServers());
    relay = new OutboxRelay(database, producer, "/muster/task-dispatcher", Tracing.OFF).start();
    DispatcherConfig config = config(settings);
    ShardLeases leases =
        new ShardLeases(database, UUID.randomUUID().toString(), config.shardLease());
    loop =
        new DispatchLoop(
                new DispatchParts(
                    config,
                    infrastructure.bootstrapServers(),
                    database,
                    leases,
                    new DispatcherMetrics(registry),
                    Tracing.OFF,
                    relay::wake))
            .start();
    sweeper = new Sweeper(database, config.tombstoneRetention()).start();
  }

  static DispatcherConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(DispatcherConfig.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(DispatcherConfig.class);
  }

  double count(String name) {
    return registry.counter(name).count();
  }

  /** Ends as after a kill: nothing is given back, and nothing more is written. */
  void kill() {
    Database.await(pool.close());
    loop.close();
  }

  @Override
  public void close() {
    loop.close();
    sweeper.close();
    relay.close();
    producer.close();
    Database.await(pool.close());
    Database.await(vertx.close());
  }
}
