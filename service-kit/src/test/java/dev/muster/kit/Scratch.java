package dev.muster.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.stack.PostgresAddress;
import dev.muster.testkit.Infrastructure;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A schema with an outbox and a topic, both of one test alone. */
final class Scratch implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  final String schema = "kit_" + NUMBER.incrementAndGet();
  final String topic = "kit.scratch." + schema;
  private final Vertx vertx = Vertx.vertx();
  private final List<Pool> pools = new ArrayList<>();
  private final PostgresAddress postgres = Infrastructure.shared().postgres();

  Scratch() {
    database()
        .transaction(tx -> {
          tx.query("CREATE SCHEMA " + schema);
          tx.query(
              "CREATE TABLE "
                  + schema
                  + ".outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                  + " shard int NOT NULL, topic text NOT NULL, partition int, key text NOT NULL,"
                  + " type text NOT NULL, traceparent text, value bytea NOT NULL,"
                  + " created_at timestamptz NOT NULL DEFAULT now(),"
                  + " event_id text, event_at timestamptz, causation text)");
          return tx.update("CREATE TABLE " + schema + ".item (name text PRIMARY KEY)");
        });
  }

  /** Creates the topic on a broker. */
  Scratch withTopic(String bootstrapServers) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return this;
  }

  /** A database with a pool of its own, as another instance of the service would have. */
  Database database() {
    return database(postgres.port());
  }

  /** The same, by another port. */
  Database database(int port) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(postgres.host())
            .setPort(port)
            .setDatabase(PostgresAddress.DATABASE)
            .setUser(postgres.superuser())
            .setPassword(postgres.secret());
    Pool pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(6))
            .connectingTo(options)
            .using(vertx)
            .build();
    pools.add(pool);
    return new Database(pool, schema);
  }

  /** A record for the topic. */
  OutboxRow row(String key, int number) {
    return new OutboxRow(topic, null, key, "test", null, Integer.toString(number).getBytes(UTF_8));
  }

  /** How many rows are in the outbox. */
  long pending(Database database) {
    return database.transaction(
        tx -> tx.query("SELECT count(*) FROM " + schema + ".outbox").iterator().next().getLong(0));
  }

  /** Ends the sessions that hold this schema's relay locks, as a network failure would. */
  void breakRelaySessions(Database database) {
    database.transaction(tx ->
        tx.query(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                + " AND classid::bigint = (hashtext($1)::bigint & 4294967295)",
            "muster.outbox." + schema));
  }

  @Override
  public void close() {
    pools.forEach(Pool::close);
    vertx.close();
  }
}
