package dev.muster.aggregator.shell;

import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packaged service as a process of its own, so that it can be killed for real. */
final class ServiceProcess implements AutoCloseable {
  private final Process process;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServiceProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it on the shared broker and database, with further settings and variables, and waits
   * until it is ready.
   */
  static ServiceProcess start(
      Infrastructure infrastructure, Map<String, String> settings, Map<String, String> environment)
      throws IOException {
    ServiceProcess service = launch(infrastructure, settings, environment);
    Awaitility.await("the service is ready, see target/aggregator-it.log")
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(service::isReady);
    return service;
  }

  /** Starts it and waits for nothing. */
  static ServiceProcess launch(
      Infrastructure infrastructure, Map<String, String> settings, Map<String, String> environment)
      throws IOException {
    int port = freePort();
    Map<String, String> config = new HashMap<>(RealStack.config(infrastructure, "aggregator"));
    config.put("quarkus.http.port", Integer.toString(port));
    config.put("aggregator.conclude-at-once-max", "100");
    config.put("aggregator.transaction-bytes-max", "65536");
    config.putAll(settings);
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    config.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
    File log = new File("target/aggregator-it.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().putAll(environment);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ServiceProcess(process, port);
  }

  /** Kills it as a crash would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What it measures of itself. */
  String metrics() throws IOException, InterruptedException {
    return get("/q/metrics").body();
  }

  /** Stops it in good order and waits for its end. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("Expected the service to stop in 20 s, but it runs on");
    }
  }

  /** What it says of its readiness. */
  String readiness() throws IOException, InterruptedException {
    return get("/q/health/ready").body();
  }

  private boolean isReady() throws IOException, InterruptedException {
    return get("/q/health/ready").statusCode() == 200;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
