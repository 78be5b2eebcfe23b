package dev.muster.testkit;

import dev.muster.stack.Lifeline;
import dev.muster.stack.LocalKafka;
import dev.muster.stack.LocalPostgres;
import dev.muster.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Broker and database as child processes with fresh data below the module's target folder. */
final class EmbeddedInfrastructure {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private EmbeddedInfrastructure() {}

  static Infrastructure start() throws IOException {
    Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
    Path root = Files.createTempDirectory(target, "infrastructure-");
    List<Integer> ports = Ports.free(3);
    LocalKafka kafka =
        LocalKafka.start(
            LocalKafka.Settings.ofThisJvm(
                root.resolve("kafka"), root.resolve("kafka.log"), ports.get(0), ports.get(1)));
    LocalPostgres postgres =
        LocalPostgres.start(
            root.resolve("postgres"),
            cache(),
            root.resolve("postgres.log"),
            ports.get(2),
            Map.of());
    Lifeline.bind(List.of(kafka.process().identity(), postgres.process().identity()));
    postgres.awaitReady(PATIENCE);
    kafka.awaitReady(PATIENCE);
    return new Infrastructure(kafka.bootstrapServers(), postgres.address());
  }

  private static Path cache() {
    String home = System.getProperty("user.home", System.getProperty("java.io.tmpdir"));
    return Path.of(home, ".cache", "muster");
  }
}
