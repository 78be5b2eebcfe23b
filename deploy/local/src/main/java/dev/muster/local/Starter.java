package dev.muster.local;

import dev.muster.stack.LocalKafka;
import dev.muster.stack.LocalPostgres;
import dev.muster.stack.ManagedProcess;
import dev.muster.stack.PostgresAddress;
import dev.muster.stack.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts single components and notes them; waits for nothing. */
final class Starter {
  /** What each GPU host declares, since this machine may have no GPU. */
  private static final String GPUS = "2xH100-80GB";

  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A JVM that ends a training run writes its cache first. */
  private static final Duration TRAINED_GRACE = Duration.ofMinutes(3);

  private final StackFolder folder;
  private final StackState state;
  private final Distribution distribution;
  private final AotCaches caches;

  Starter(StackFolder folder, StackState state, Distribution distribution, AotCaches caches) {
    this.folder = folder;
    this.state = state;
    this.distribution = distribution;
    this.caches = caches;
  }

  LocalKafka kafka() throws IOException {
    List<String> flags = new ArrayList<>(caches.flags(Component.KAFKA));
    LocalKafka kafka =
        LocalKafka.start(
            new LocalKafka.Settings(
                folder.data(Component.KAFKA),
                folder.log(Component.KAFKA),
                port("kafka"),
                port("kafka-controller"),
                distribution.java(),
                distribution.brokerClassPath(),
                flags,
                mark()));
    state.started(Component.KAFKA, kafka.process().identity());
    return kafka;
  }

  LocalPostgres postgres() throws IOException {
    LocalPostgres postgres =
        LocalPostgres.start(
            folder.data(Component.POSTGRES),
            folder.cache(),
            folder.log(Component.POSTGRES),
            port("postgres"),
            mark());
    state.started(Component.POSTGRES, postgres.process().identity());
    return postgres;
  }

  ManagedProcess service(Component component, PostgresAddress postgres) throws IOException {
    Files.createDirectories(folder.data(component));
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nice", "-n", Integer.toString(component.niceness())));
    command.add(distribution.java().toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xss512k", "-Xms16m"));
    if (!component.digestsFiles()) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-Xmx" + component.heapMb() + "m");
    command.addAll(List.of("-XX:MaxDirectMemorySize=64m", "-XX:+ExitOnOutOfMemoryError"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(caches.flags(component));
    command.addAll(List.of("-jar", distribution.serviceJar(component).toString()));
    ManagedProcess process =
        ManagedProcess.start(
            component.title(),
            command,
            environment(component, postgres),
            folder.data(component),
            folder.log(component));
    state.started(component, process.identity());
    return process;
  }

  /** Stops one component in the way that suits it, and forgets it. */
  void stop(Component component) throws IOException {
    ProcessIdentity process = state.alive(component).orElse(null);
    if (process != null && component == Component.POSTGRES) {
      LocalPostgres.stop(process);
    } else if (process != null) {
      process.stop(caches.training() ? TRAINED_GRACE : GRACE);
    }
    state.stopped(component);
  }

  private Map<String, String> environment(Component component, PostgresAddress postgres) {
    Map<String, String> environment = new HashMap<>(mark());
    environment.put("MALLOC_ARENA_MAX", "2");
    environment.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port("kafka"));
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port(component.title())));
    if (!component.schema().isEmpty()) {
      String role = "muster_" + component.schema();
      environment.put("QUARKUS_DATASOURCE_REACTIVE_URL", postgres.reactiveUrl());
      environment.put("QUARKUS_DATASOURCE_USERNAME", role);
      environment.put("QUARKUS_DATASOURCE_PASSWORD", postgres.passwordOf(role));
    }
    if (component == Component.API_GATEWAY || component == Component.RESULT_AGGREGATOR) {
      // Made by whoever of the two is first; the gateway seals with it, the aggregator opens.
      environment.put("MUSTER_WEBHOOK_KEY_FILE", folder.webhookKey().toString());
    }
    if (component == Component.API_GATEWAY) {
      environment.put("QUARKUS_MANAGEMENT_HOST", "127.0.0.1");
      environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(port("api-gateway-management")));
      environment.put("GATEWAY_BOOTSTRAP_KEY_FILE", folder.apiKey().toString());
      environment.put("GATEWAY_STORE_FOLDER", folder.data(component).resolve("store").toString());
      environment.put("GATEWAY_PEPPER_FILE", folder.data(component).resolve("pepper").toString());
    }
    if (component.isWorker()) {
      environment.put("AGENT_WORKER_ID", component.title());
      environment.put("AGENT_POOL", "default");
      environment.put("AGENT_ADDRESS", "127.0.0.1");
      if (component.declaresGpus()) {
        environment.put("AGENT_GPUS", GPUS);
      }
      environment.put("AGENT_GATEWAY_URL", "http://127.0.0.1:" + port("api-gateway"));
      environment.put("AGENT_DATA_DIR", folder.data(component).toString());
      // It hides the folders from which people run examples, and costs each command 16 ms.
      environment.put("AGENT_SANDBOX", System.getenv().getOrDefault("AGENT_SANDBOX", "off"));
    }
    return environment;
  }

  private Map<String, String> mark() {
    return Map.of(Leftovers.MARK, folder.root().toString());
  }

  private int port(String name) {
    return state
        .port(name)
        .orElseThrow(() -> new IllegalStateException("Expected a port for " + name));
  }
}
