package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key file that cannot be used stops webhooks and shows in the readiness, until it is mended. */
class BrokenKeyFileIT {
  private static final String HOOK = "{\"url\":\"https://example.com/hook\"}";
  private static final String JOB = "{\"runner_command\":[\"true\"]}";

  @Test
  void brokenKeyFileIsShownInTheReadinessUntilItIsMended(@TempDir Path folder) throws Exception {
    Path keys = Files.writeString(folder.resolve("key"), "no key\n");
    try (GatewayProcess gateway =
        GatewayProcess.start(Map.of("gateway.webhook-key-file", keys.toString()))) {
      Client client = gateway.as(GatewayRows.key("broken-keys", "read,write"));

      assertThat(gateway.readiness().statusCode()).isEqualTo(503);
      assertThat(gateway.readiness().body()).containsPattern("\"webhook_keys\": ?false");
      assertThat(client.post("/api/v1/webhooks", HOOK).statusCode()).isEqualTo(503);
      assertThat(client.post("/api/v1/jobs", JOB).statusCode()).isEqualTo(202);

      Files.delete(keys);

      await().atMost(Duration.ofSeconds(60)).until(() -> gateway.readiness().statusCode() == 200);
      assertThat(client.post("/api/v1/webhooks", HOOK).statusCode()).isEqualTo(201);
    }
  }
}
