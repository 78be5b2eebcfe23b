package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;
import dev.muster.testkit.Infrastructure;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * The packaged service on the shared broker and database, what others say to it, and its tables.
 */
final class Aggregation implements AutoCloseable {
  private static final SplittableRandom RANDOM = new SplittableRandom();

  final Infrastructure infrastructure = Infrastructure.shared();
  final Wire wire;
  final Tables tables;
  private final Map<String, String> settings;
  private final Map<String, String> environment;
  private ServiceProcess service;

  Aggregation() throws Exception {
    this(Map.of(), Map.of());
  }

  /**
   * @param settings further ones of the service
   * @param environment further variables of its process
   */
  Aggregation(Map<String, String> settings, Map<String, String> environment) throws Exception {
    this.settings = settings;
    this.environment = environment;
    service = ServiceProcess.start(infrastructure, settings, environment);
    wire = new Wire(infrastructure);
    tables = Tables.as(infrastructure, "muster_gateway");
  }

  @Override
  public void close() throws Exception {
    tables.close();
    wire.close();
    service.close();
  }

  /** Kills the service as a crash would. */
  void kill() throws InterruptedException {
    service.kill();
  }

  /** Stops the service in good order. */
  void stop() throws InterruptedException {
    service.close();
  }

  /** Starts it again. */
  void restart() throws IOException {
    service = ServiceProcess.start(infrastructure, settings, environment);
  }

  /** What it measures of itself. */
  String metrics() throws IOException, InterruptedException {
    return service.metrics();
  }

  /** Tables in which the tests may write, as the service does. */
  Tables own() throws Exception {
    return Tables.as(infrastructure, "muster_aggregator");
  }

  static void awaitThat(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  static JobId newJob() {
    return JobId.of(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong());
  }
}
