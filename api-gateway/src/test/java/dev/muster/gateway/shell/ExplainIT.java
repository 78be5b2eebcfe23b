package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the API makes of the dispatcher's words. */
class ExplainIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static GatewayProcess gateway;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    client = gateway.as(GatewayRows.key("explain", "read,write"));
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  @Test
  void freshWordIsToldAndAStaleOneIsNot() throws Exception {
    String job =
        JSON.readTree(client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}").body())
            .get("job_id")
            .asText();
    String id = job.replaceFirst("^job_", "");

    assertThat(explain(job).get("reason").asText()).isEqualTo("planning");

    say(id, "now() - interval '1 minute'");
    assertThat(explain(job).get("reason").asText()).isEqualTo("planning");

    say(id, "now() + interval '1 minute'");
    JsonNode told = explain(job);
    assertThat(told.get("reason").asText()).isEqualTo("busy");
    assertThat(told.get("detail").asText()).isEqualTo("all are busy");
    assertThat(told.get("jobs_ahead").asInt()).isEqualTo(7);
    assertThat(told.get("waiting").asInt()).isEqualTo(3);
    assertThat(told.get("running").asInt()).isEqualTo(2);
    assertThat(told.get("pool").asText()).isEqualTo("default");
    assertThat(told.get("as_of").isTextual()).isTrue();
  }

  private static JsonNode explain(String job) throws Exception {
    return JSON.readTree(client.get("/api/v1/jobs/" + job + "/explain").body());
  }

  private static void say(String id, String at) throws Exception {
    GatewayRows.updateAs(
        "muster_dispatcher",
        "INSERT INTO dispatcher.explanation VALUES (?, 0, 'default', 'busy', 'all are busy', 7, 3, 2, "
            + at
            + ") ON CONFLICT (job_id) DO UPDATE SET at = EXCLUDED.at",
        id);
  }
}
