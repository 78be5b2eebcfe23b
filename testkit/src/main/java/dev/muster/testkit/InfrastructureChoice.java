package dev.muster.testkit;

import dev.muster.stack.PostgresAddress;
import dev.muster.stack.Schemas;
import dev.muster.stack.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The one place that decides what integration tests run on: containers where a Docker engine
 * answers, else child processes of this JVM. Nothing is skipped in either case.
 */
final class InfrastructureChoice {
  private static final String KAFKA_IMAGE = "apache/kafka:4.1.1";
  private static final String POSTGRES_IMAGE = "postgres:18-alpine";

  private InfrastructureChoice() {}

  static Infrastructure start() {
    try {
      Infrastructure started = dockerAnswers() ? inContainers() : EmbeddedInfrastructure.start();
      Schemas.migrate(started.postgres(), Schemas.of(repository()));
      return started;
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(
          "Expected a broker and a database for the tests, but: " + e.getMessage(), e);
    }
  }

  /** Testcontainers' own helper removes the containers when this JVM ends. */
  private static Infrastructure inContainers() {
    KafkaContainer kafka =
        new KafkaContainer(KAFKA_IMAGE)
            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .withEnv("KAFKA_MESSAGE_MAX_BYTES", "4194304")
            .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
            .withEnv("KAFKA_GROUP_CONSUMER_SESSION_TIMEOUT_MS", "6000")
            .withEnv("KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "6000");
    PostgreSQLContainer postgres = new PostgreSQLContainer(POSTGRES_IMAGE);
    kafka.start();
    postgres.start();
    Topics.create(kafka.getBootstrapServers());
    PostgresAddress address =
        new PostgresAddress(
            postgres.getHost(),
            postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
            postgres.getUsername(),
            postgres.getPassword());
    return new Infrastructure(kafka.getBootstrapServers(), address);
  }

  /** Asks the engine itself; an installed client without an engine is not enough. */
  private static boolean dockerAnswers() {
    try {
      Process docker =
          new ProcessBuilder("docker", "version", "--format", "{{.Server.Version}}")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!docker.waitFor(10, TimeUnit.SECONDS)) {
        docker.destroyForcibly();
        return false;
      }
      return docker.exitValue() == 0;
    } catch (IOException e) {
      // No docker program on this machine: the answer is no.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The root of the source tree, above the module whose tests run. */
  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("deploy/stack"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "Expected to run tests inside the source tree, but this is "
              + Path.of("").toAbsolutePath());
    }
    return folder;
  }
}
