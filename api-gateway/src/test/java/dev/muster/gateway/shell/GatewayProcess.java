package dev.muster.gateway.shell;

import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The packaged gateway as a process of its own: what Quarkus' test loader hides (services that
 * Netty finds) is there, and several can run against one database.
 */
final class GatewayProcess implements AutoCloseable {
  static final String PEPPER = "the-pepper-of-all-gateways-of-this-test";

  private final Process process;
  private final int port;
  private final int managementPort;

  private GatewayProcess(Process process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /**
   * Starts it on the shared broker and database, and waits until it is ready.
   *
   * @param extra further configuration
   */
  static GatewayProcess start(Map<String, String> extra) throws IOException {
    List<Integer> ports = dev.muster.stack.Ports.free(2);
    Map<String, String> config =
        new HashMap<>(RealStack.config(Infrastructure.shared(), "gateway"));
    config.put("quarkus.http.port", ports.get(0).toString());
    config.put("quarkus.management.port", ports.get(1).toString());
    config.put("gateway.pepper", PEPPER);
    config.put(
        "gateway.store.folder",
        Path.of("target/gateway-process-store").toAbsolutePath().toString());
    config.put(
        "gateway.package.signing-key-file",
        Path.of("target/gateway-process-signing-key").toAbsolutePath().toString());
    config.putAll(extra);
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m"));
    config.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
    File log = new File("target/gateway-process.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    GatewayProcess gateway = new GatewayProcess(process, ports.get(0), ports.get(1));
    Awaitility.await("the gateway is ready, see " + log)
        .atMost(Duration.ofSeconds(90))
        .ignoreExceptions()
        .until(() -> gateway.as("none").get("/health").statusCode() == 200);
    return gateway;
  }

  int port() {
    return port;
  }

  /** A client of this gateway. */
  Client as(String key) {
    return new Client("http://127.0.0.1:" + port, key);
  }

  /** A counter as it is published; 0 before its first increment. */
  double counter(String name) {
    String metrics =
        new Client("http://127.0.0.1:" + managementPort, "none").get("/q/metrics").body();
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The answer of the readiness, as an orchestrator asks for it. */
  HttpResponse<String> readiness() {
    return new Client("http://127.0.0.1:" + managementPort, "none").get("/q/health/ready");
  }

  /** What it has logged so far, together with the other gateways of this module's tests. */
  static String log() throws IOException {
    return Files.readString(Path.of("target/gateway-process.log"));
  }

  /** Kills it: nothing of it gets to end in good order. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Stops it in good order and waits for its end. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException("Expected the gateway to stop in 30 s, but it ran on");
    }
  }
}
