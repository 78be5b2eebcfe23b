package dev.muster.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A real Apache Kafka broker in KRaft mode, broker and controller in one JVM, on 127.0.0.1.
 *
 * @param process the broker
 * @param port where clients connect
 * @param ready the file that the broker writes when its topics exist
 */
public record LocalKafka(ManagedProcess process, int port, Path ready) {
  /** The largest record batch a topic takes, in bytes; above every record that Muster writes. */
  public static final int RECORD_BYTES_MAX = 4 * 1024 * 1024;

  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms64m",
          "-Xmx192m",
          "-Xss512k",
          "-XX:MaxDirectMemorySize=64m",
          "-XX:+ExitOnOutOfMemoryError");

  /**
   * How to start the broker.
   *
   * @param directory holds its data and settings
   * @param log takes its output
   * @param port where clients connect
   * @param controllerPort for its own controller
   * @param java the java program
   * @param classPath has {@link Broker} and Apache Kafka
   * @param jvmFlags added to the usual ones
   * @param environment added to this process's own
   */
  public record Settings(
      Path directory,
      Path log,
      int port,
      int controllerPort,
      Path java,
      String classPath,
      List<String> jvmFlags,
      Map<String, String> environment) {
    /** Settings for the java and the class path of this JVM. */
    public static Settings ofThisJvm(Path directory, Path log, int port, int controllerPort) {
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      String classPath = System.getProperty("java.class.path");
      return new Settings(
          directory, log, port, controllerPort, java, classPath, List.of(), Map.of());
    }
  }

  /** Starts the broker and does not wait. */
  public static LocalKafka start(Settings settings) throws IOException {
    Path directory = settings.directory().toAbsolutePath();
    Files.createDirectories(directory);
    Path ready = directory.resolve("ready");
    Files.deleteIfExists(ready);
    Path properties = directory.resolve("server.properties");
    Files.writeString(properties, properties(settings, directory.resolve("log")));
    Path logging = directory.resolve("logging.properties");
    Files.writeString(logging, LOGGING);

    List<String> command = new ArrayList<>();
    command.add(settings.java().toString());
    command.addAll(JVM);
    command.addAll(settings.jvmFlags());
    command.add("-Djava.util.logging.config.file=" + logging);
    command.addAll(List.of("-cp", settings.classPath(), Broker.class.getName()));
    command.addAll(List.of(properties.toString(), ready.toString()));
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.put("MALLOC_ARENA_MAX", "2");
    ManagedProcess process =
        ManagedProcess.start("kafka", command, environment, directory, settings.log());
    return new LocalKafka(process, settings.port(), ready);
  }

  /** Host and port for clients. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Waits until the broker answers and has all topics. */
  public LocalKafka awaitReady(Duration patience) throws IOException {
    process.awaitReady(patience, () -> Files.exists(ready));
    return this;
  }

  /** Stops the broker and waits for its end. */
  public void stop() {
    process.identity().stop(Duration.ofSeconds(15));
  }

  private static String properties(Settings settings, Path logDirectory) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    controller.listener.names=CONTROLLER
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    log.dirs=%3$s
    auto.create.topics.enable=false
    offsets.topic.num.partitions=4
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=2
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    group.initial.rebalance.delay.ms=0
    group.consumer.session.timeout.ms=6000
    group.consumer.min.session.timeout.ms=6000
    group.consumer.heartbeat.interval.ms=2000
    group.consumer.min.heartbeat.interval.ms=1000
    num.network.threads=2
    num.io.threads=2
    num.recovery.threads.per.data.dir=2
    background.threads=2
    log.cleaner.dedupe.buffer.size=4194304
    log.cleaner.io.buffer.size=131072
    log.index.size.max.bytes=1048576
    log.segment.bytes=134217728
    socket.request.max.bytes=16777216
    message.max.bytes=%4$d
    """
        .formatted(
            settings.port(),
            settings.controllerPort(),
            logDirectory.toString().replace("\\", "\\\\"),
            RECORD_BYTES_MAX);
  }

  private static final String LOGGING =
      """
      handlers=java.util.logging.ConsoleHandler
      .level=WARNING
      java.util.logging.ConsoleHandler.level=INFO
      java.util.logging.ConsoleHandler.formatter=java.util.logging.SimpleFormatter
      java.util.logging.SimpleFormatter.format=%1$tF %1$tT.%1$tL %4$-7s %3$s %5$s%6$s%n
      kafka.server.KafkaRaftServer.level=INFO
      org.apache.kafka.clients.NetworkClient.level=SEVERE
      """;
}
