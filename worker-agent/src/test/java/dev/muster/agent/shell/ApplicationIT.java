package dev.muster.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The whole application: configuration, readiness, metrics. */
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ApplicationIT.Worker.class)
class ApplicationIT {
  /** One worker of its own. */
  public static final class Worker implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "agent.worker-id", "application-it",
          "agent.pool", "application-it",
          "agent.gpus", "1xL4-24GB",
          "agent.sandbox", "off",
          "agent.data-dir", "target/application-it");
    }
  }

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String bootstrapServers;

  @ConfigProperty(name = "test.url")
  String url;

  @Test
  void readyOnceTheDispatcherWelcomesIt() throws Exception {
    assertThat(get("health/ready").statusCode()).isEqualTo(503);

    try (FakeDispatcher dispatcher =
        new FakeDispatcher(bootstrapServers, "application-it", Duration.ofSeconds(30))) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> get("health/ready").statusCode() == 200);
      dispatcher.awaitEnd(dispatcher.assign(FakeDispatcher.run(9, "muster:noop"), "{}"));
    }

    assertThat(get("metrics").body())
        .contains("worker_up 1.0")
        .contains("worker_attempts_ended_total{status=\"succeeded\"} 1.0")
        .contains("worker_slots{state=\"running\"} 0.0");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url + "/q/" + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
