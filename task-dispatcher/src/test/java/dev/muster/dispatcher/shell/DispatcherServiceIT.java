package dev.muster.dispatcher.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.testkit.RealStack;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole service in its container: it becomes ready, and shows its metrics. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "dispatcher"))
class DispatcherServiceIT {
  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  @Inject Dispatcher dispatcher;

  /** The container outlives this class; its shards must not. */
  @AfterEach
  void giveTheShardsBack() {
    dispatcher.stop(new ShutdownEvent());
  }

  @Test
  void serviceBecomesReadyAndShowsItsMetrics() throws Exception {
    await().atMost(Duration.ofSeconds(20)).until(() -> get("/q/health/ready").statusCode() == 200);

    assertThat(get("/q/health/ready").body()).contains("dispatch loop");
    assertThat(get("/q/metrics").body())
        .contains(
            "tasks_dispatched_total",
            "tasks_lease_expired_total",
            "task_reports_stale_total",
            "tasks_retried_total{reason=\"infrastructure\"}",
            "tasks_queued{gpu_class=\"gpu\"}",
            "tasks_running{gpu_class=\"cpu\"}",
            "queue_oldest_task_age_seconds",
            "dispatch_latency_seconds",
            "worker_up",
            "worker_slots",
            "outbox_pending",
            "outbox_oldest_age_seconds");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
