package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.gateway.key.ApiKey;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tenants, keys, and who is let in, on two gateways that share a database. */
class KeysIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO = "{\"runner_command\":[\"true\"]}";

  private static GatewayProcess gateway;
  private static GatewayProcess other;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    other = GatewayProcess.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
    other.close();
  }

  @Test
  void keyIsShownOnceAndWorksOnEveryGatewayUntilItIsRevoked() throws Exception {
    Client admin = gateway.as(GatewayRows.key("keys-a", "read,write,admin"));
    HttpResponse<String> made =
        admin.post("/api/v1/keys", "{\"label\":\"ci\",\"scopes\":[\"read\",\"write\"]}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode key = JSON.readTree(made.body());
    String written = key.get("key").asText();
    String id = key.get("key_id").asText();
    assertThat(written).startsWith(id + "_");
    assertThat(key.get("scopes").toString()).isEqualTo("[\"read\",\"write\"]");
    assertThat(gateway.as(written).post("/api/v1/jobs", HELLO).statusCode()).isEqualTo(202);
    assertThat(other.as(written).get("/api/v1/jobs").statusCode()).isEqualTo(200);

    HttpResponse<String> list = admin.get("/api/v1/keys?limit=200");
    assertThat(list.body()).contains(id).contains("\"label\":\"ci\"");
    String secret = ApiKey.parse(written).orElseThrow().secret();
    assertThat(list.body()).doesNotContain(secret);

    HttpResponse<String> revoked = admin.delete("/api/v1/keys/" + id);
    Instant at = Instant.now();
    assertThat(revoked.statusCode()).as(revoked.body()).isEqualTo(200);
    assertThat(JSON.readTree(revoked.body()).get("revoked_at").isTextual()).isTrue();
    assertThat(gateway.as(written).get("/api/v1/jobs").statusCode()).isEqualTo(401);
    // Whatever begins later than five seconds after the revocation is refused, however slow it is.
    AtomicReference<Instant> lastAccepted = new AtomicReference<>(at);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          Instant begin = Instant.now();
          if (other.as(written).get("/api/v1/jobs").statusCode() == 401) {
            return true;
          }
          lastAccepted.set(begin);
          return false;
        });
    assertThat(Duration.between(at, lastAccepted.get())).isLessThan(Duration.ofSeconds(5));
    assertThat(admin.delete("/api/v1/keys/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  void nothingThatIsKeptOpensAnything() throws Exception {
    Client admin = gateway.as(GatewayRows.key("keys-b", "read,write,admin"));
    String written = JSON.readTree(admin.post("/api/v1/keys", "{}").body()).get("key").asText();
    String secret = ApiKey.parse(written).orElseThrow().secret();
    gateway.as(written).get("/api/v1/jobs?token=" + written);

    assertThat(
            GatewayRows.text(
                "SELECT string_agg(k::text, ' ') || encode(string_agg(secret_mac, ''), 'escape')"
                    + " FROM gateway.api_key k"))
        .doesNotContain(secret);
    assertThat(GatewayProcess.log()).doesNotContain(secret);
  }

  @Test
  void expiredKeyAndDisabledTenantAreToldApart() throws Exception {
    String expired = GatewayRows.key("keys-c", "read", "now() - interval '1 second'");
    String member = GatewayRows.key("keys-d", "read,write");
    assertThat(gateway.as(member).get("/api/v1/jobs").statusCode()).isEqualTo(200);
    GatewayRows.update("UPDATE gateway.tenant SET disabled = true WHERE id = 'keys-d'");

    assertThat(code(gateway.as(expired).get("/api/v1/jobs"), 401)).isEqualTo("key-expired");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> gateway.as(member).get("/api/v1/jobs").statusCode() == 403);
    assertThat(code(gateway.as(member).get("/api/v1/jobs"), 403)).isEqualTo("tenant-disabled");
  }

  @Test
  void keyThatEndsIsRefusedSoonAfterItsEnd() throws Exception {
    String brief = GatewayRows.key("keys-e", "read", "now() + interval '15 seconds'");
    assertThat(gateway.as(brief).get("/api/v1/jobs").statusCode()).isEqualTo(200);

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> gateway.as(brief).get("/api/v1/jobs").statusCode() == 401);
  }

  @Test
  void keyMakesAndRevokesNoneThatCanDoMoreThanItself() throws Exception {
    String strong = GatewayRows.key("keys-f", "read,write,admin");
    Client reader = gateway.as(GatewayRows.key("keys-f", "read"));
    Client writer = gateway.as(GatewayRows.key("keys-f", "read,write"));
    Client brief = gateway.as(GatewayRows.key("keys-f", "read,write", "now() + interval '1 hour'"));
    Client stranger = gateway.as(GatewayRows.key("keys-g", "read,write"));
    String strongId = ApiKey.parse(strong).orElseThrow().prefix();

    assertThat(code(reader.post("/api/v1/keys", "{}"), 403)).isEqualTo("scope");
    assertThat(code(writer.post("/api/v1/keys", "{\"scopes\":[\"admin\"]}"), 403))
        .isEqualTo("scope");
    assertThat(code(writer.delete("/api/v1/keys/" + strongId), 403)).isEqualTo("scope");
    assertThat(code(brief.post("/api/v1/keys", "{}"), 422)).isEqualTo("validation");
    assertThat(code(stranger.delete("/api/v1/keys/" + strongId), 404)).isEqualTo("not-found");
    assertThat(code(stranger.delete("/api/v1/keys/mk_0000000000"), 404)).isEqualTo("not-found");
    assertThat(code(stranger.get("/api/v1/keys?tenant=keys-f"), 403)).isEqualTo("scope");
    assertThat(stranger.get("/api/v1/keys").body()).doesNotContain(strongId);
    assertThat(gateway.as(strong).get("/api/v1/jobs").statusCode()).isEqualTo(200);
  }

  @Test
  void wrongRequestsForKeysNameTheirField() throws Exception {
    Client admin = gateway.as(GatewayRows.key("keys-h", "read,write,admin"));
    Map<String, String> cases =
        Map.of(
            "{\"scopes\":[]}", "/scopes",
            "{\"scopes\":[\"root\"]}", "/scopes/0",
            "{\"label\":\"\"}", "/label",
            "{\"label\":7}", "/label",
            "{\"expires_at\":\"2026-02-30T00:00:00Z\"}", "/expires_at",
            "{\"expires_at\":\"2001-01-01T00:00:00Z\"}", "/expires_at",
            "{\"tenant\":\"nobody-there\"}", "/tenant",
            "{\"tenant\":\"../x\"}", "/tenant",
            "{\"secret\":\"x\"}", "/secret",
            "[]", "");
    String before = GatewayRows.text("SELECT count(*) FROM gateway.api_key");
    for (var one : cases.entrySet()) {
      HttpResponse<String> answer = admin.post("/api/v1/keys", one.getKey());
      assertThat(code(answer, 422)).as(one.getKey()).isEqualTo("validation");
      assertThat(JSON.readTree(answer.body()).at("/errors/0/pointer").asText())
          .isEqualTo(one.getValue());
    }
    assertThat(GatewayRows.text("SELECT count(*) FROM gateway.api_key")).isEqualTo(before);
  }

  @Test
  void tenantsAreMadeAndSeenByAdministratorsOnly() throws Exception {
    Client admin = gateway.as(GatewayRows.key("keys-i", "read,write,admin"));
    Client member = gateway.as(GatewayRows.key("keys-i", "read,write"));
    HttpResponse<String> made =
        admin.post("/api/v1/tenants", "{\"tenant\":\"acme\",\"name\":\"Acme Ltd\"}");

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(code(admin.post("/api/v1/tenants", "{\"tenant\":\"acme\"}"), 409))
        .isEqualTo("tenant-exists");
    assertThat(code(admin.post("/api/v1/tenants", "{\"tenant\":\"Ac me\"}"), 422))
        .isEqualTo("validation");
    assertThat(code(member.post("/api/v1/tenants", "{\"tenant\":\"mine\"}"), 403))
        .isEqualTo("scope");
    assertThat(code(member.get("/api/v1/tenants"), 403)).isEqualTo("scope");
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = JSON.readTree(admin.get("/api/v1/tenants?limit=2" + cursor).body());
      page.get("data").forEach(tenant -> ids.add(tenant.get("tenant").asText()));
      cursor =
          page.get("has_more").asBoolean() ? "&cursor=" + page.get("next_cursor").asText() : "";
    } while (!cursor.isEmpty());
    assertThat(ids).contains("acme", "keys-i").doesNotHaveDuplicates();

    HttpResponse<String> key = admin.post("/api/v1/keys", "{\"tenant\":\"acme\"}");
    assertThat(key.statusCode()).as(key.body()).isEqualTo(201);
    Client acme = gateway.as(JSON.readTree(key.body()).get("key").asText());
    assertThat(JSON.readTree(acme.get("/api/v1/jobs").body()).get("data")).isEmpty();
  }

  @Test
  void wrongChecksumIsRefusedWithoutAQuery() throws Exception {
    String right = GatewayRows.key("keys-j", "read");
    double before = gateway.counter("api_key_queries_total");
    for (int i = 0; i < 10; i++) {
      String last = right.endsWith("0") ? "1" : "0";
      String wrong = right.substring(0, right.length() - 1) + last;
      assertThat(code(gateway.as(wrong).get("/api/v1/jobs"), 401)).isEqualTo("unauthenticated");
    }

    assertThat(gateway.counter("api_key_queries_total")).isEqualTo(before);
  }

  @Test
  void manyWrongKeysHaveToWaitAndRightOnesDoNot() throws Exception {
    Map<String, String> strictly =
        Map.of(
            "gateway.key-failures-per-source", "30",
            "gateway.key-failures-per-prefix", "5",
            "gateway.key-failures-per-second", "0.01");
    String right = GatewayRows.key("keys-k", "read");
    String wrong = new ApiKey(ApiKey.parse(right).orElseThrow().id(), "0".repeat(32)).written();
    try (GatewayProcess strict = GatewayProcess.start(strictly)) {
      assertThat(strict.as(right).get("/api/v1/jobs").statusCode()).isEqualTo(200);
      List<Integer> ofOnePrefix = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ofOnePrefix.add(strict.as(wrong).get("/api/v1/jobs").statusCode());
      }
      double before = strict.counter("api_key_queries_total");
      List<Integer> ofOneSource = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String unknown = new ApiKey("%010d".formatted(i), "1".repeat(32)).written();
        ofOneSource.add(strict.as(unknown).get("/api/v1/jobs").statusCode());
      }

      assertThat(ofOnePrefix).startsWith(401, 401, 401, 401, 401).endsWith(429, 429);
      assertThat(ofOneSource).startsWith(401).endsWith(429).containsOnly(401, 429);
      assertThat(strict.counter("api_key_queries_total") - before).isLessThan(50);
      HttpResponse<String> last = strict.as(wrong).get("/api/v1/jobs");
      assertThat(code(last, 429)).isEqualTo("too-many-failures");
      assertThat(Integer.parseInt(last.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, 100);
      assertThat(strict.as(right).get("/api/v1/jobs").statusCode()).isEqualTo(200);
    }
  }

  private static String code(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body()).get("code").asText();
  }
}
