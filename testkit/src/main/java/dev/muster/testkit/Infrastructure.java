package dev.muster.testkit;

import dev.muster.stack.PostgresAddress;
import java.util.Objects;

/**
 * A real Kafka broker with Muster's topics, and a real PostgreSQL with Muster's schemas.
 *
 * @param bootstrapServers host:port of the broker
 * @param postgres the database
 */
public record Infrastructure(String bootstrapServers, PostgresAddress postgres) {
  private static final String KEY = "muster.test.infrastructure.";

  /**
   * Quarkus loads test classes by several class loaders, so the address is kept in system
   * properties and the lock is an interned text: both are one per JVM.
   */
  private static final Object LOCK = "dev.muster.testkit.Infrastructure.lock".intern();

  /**
   * The one infrastructure of this JVM, started by whoever asks first and stopped with the JVM.
   * Tests share it, so they use names of their own (job ids, pools, workers).
   */
  public static Infrastructure shared() {
    synchronized (LOCK) {
      String bootstrapServers = System.getProperty(KEY + "kafka");
      if (bootstrapServers == null) {
        Infrastructure started = InfrastructureChoice.start();
        System.setProperty(KEY + "postgres.host", started.postgres.host());
        System.setProperty(KEY + "postgres.port", Integer.toString(started.postgres.port()));
        System.setProperty(KEY + "postgres.superuser", started.postgres.superuser());
        System.setProperty(KEY + "postgres.secret", started.postgres.secret());
        System.setProperty(KEY + "kafka", started.bootstrapServers);
        return started;
      }
      PostgresAddress postgres =
          new PostgresAddress(
              property("postgres.host"),
              Integer.parseInt(property("postgres.port")),
              property("postgres.superuser"),
              property("postgres.secret"));
      return new Infrastructure(bootstrapServers, postgres);
    }
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(KEY + name));
  }
}
