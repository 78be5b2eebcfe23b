package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.webhook.SigningSecret;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import dev.muster.kit.SecretBox;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class WebhookApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOOK = "{\"url\":\"https://example.com/hook\"}";

  @Inject Pool pool;
  @Inject Secrets secrets;

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String brokers;

  private Client client;
  private String tenant;

  @BeforeEach
  void makeTenant() {
    Client.withFirstKey();
    tenant = "t" + Integer.toHexString(System.identityHashCode(this)) + System.nanoTime();
    client = tenant(tenant, "read,write");
  }

  @Test
  void repeatedRequestMakesOneEndpointAndHasTheSameSecret() throws Exception {
    String body = "{\"url\":\"https://hooks.example.com/once\"}";
    String key = "once-" + System.nanoTime();

    HttpResponse<String> first = client.post("/api/v1/webhooks", body, "Idempotency-Key", key);
    HttpResponse<String> again = client.post("/api/v1/webhooks", body, "Idempotency-Key", key);
    HttpResponse<String> other =
        client.post("/api/v1/webhooks", body.replace("once", "twice"), "Idempotency-Key", key);

    assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
    assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
    for (String field : List.of("id", "secret")) {
      assertThat(JSON.readTree(again.body()).get(field))
          .isEqualTo(JSON.readTree(first.body()).get(field));
    }
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(JSON.readTree(other.body()).get("code").asText()).isEqualTo("idempotency-mismatch");
    String id = JSON.readTree(first.body()).get("id").asText();
    assertThat(GatewayRows.text("SELECT answer FROM gateway.idempotency WHERE job_id = ?", id))
        .as("never in the clear")
        .doesNotContain(
            JSON.readTree(first.body()).get("secret").asText().substring("whsec_".length()));
  }

  @Test
  void s156WebhookThatComesBackIsRefused() throws Exception {
    HttpResponse<String> answer =
        client.post("/api/v1/jobs", "{\"runner_command\":[\"x\"]}", "webhook-id", "msg_1");

    assertThat(answer.statusCode()).isEqualTo(508);
    assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo("loop");
  }

  @Test
  void secretIsShownOnceKeptSealedAndTold() throws Exception {
    JsonNode made = made(client.post("/api/v1/webhooks", HOOK), 201);
    String id = made.get("id").asText();
    String secret = made.get("secret").asText();

    assertThat(secret).startsWith("whsec_");
    assertThat(id).matches("[A-Za-z0-9_]+");
    assertThat(made.get("events").size()).isEqualTo(6);
    HttpResponse<String> read = client.get("/api/v1/webhooks/" + id);
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).doesNotContain("whsec_", "secrets\"", secret.substring(6));
    assertThat(client.get("/api/v1/webhooks").body()).doesNotContain("whsec_").contains(id);
    WebhookEvent.EndpointSaved told = (WebhookEvent.EndpointSaved) told(1).getFirst();
    assertThat(told.endpoint()).isEqualTo(id);
    assertThat(told.url()).isEqualTo("https://example.com/hook");
    assertThat(open(id, told.secrets().getFirst())).isEqualTo(secret);
    assertThat(Json.text(told)).doesNotContain(secret.substring(6));
    assertThat(text("SELECT secrets FROM gateway.webhook_endpoint WHERE id = $1", id))
        .doesNotContain(secret.substring(6));
  }

  @Test
  void rotationKeepsTheOldSecretForAWhile() throws Exception {
    JsonNode made = made(client.post("/api/v1/webhooks", HOOK), 201);
    String id = made.get("id").asText();

    JsonNode rotated = made(client.post("/api/v1/webhooks/" + id + "/rotate", ""), 200);

    assertThat(rotated.get("secret").asText())
        .startsWith("whsec_")
        .isNotEqualTo(made.get("secret").asText());
    assertThat(rotated.get("previous_secret_until").isNull()).isFalse();
    List<SigningSecret> signing = ((WebhookEvent.EndpointSaved) told(2).getLast()).secrets();
    assertThat(open(id, signing.get(0))).isEqualTo(rotated.get("secret").asText());
    assertThat(open(id, signing.get(1))).isEqualTo(made.get("secret").asText());
    assertThat(signing.get(0).until()).isNull();
    made(client.post("/api/v1/webhooks/" + id + "/rotate", "{\"overlap_s\":0}"), 200);
    assertThat(((WebhookEvent.EndpointSaved) told(3).getLast()).secrets()).hasSize(1);
  }

  @Test
  void changesAreVersionedAndWhatIsLeftOutStays() throws Exception {
    String id = made(client.post("/api/v1/webhooks", HOOK), 201).get("id").asText();
    String path = "/api/v1/webhooks/" + id;

    JsonNode changed =
        made(client.put(path, "{\"enabled\":false,\"events\":[\"job.running\"]}"), 200);

    assertThat(changed.get("status").asText()).isEqualTo("disabled");
    assertThat(changed.get("url").asText()).isEqualTo("https://example.com/hook");
    assertProblem(client.post(path + "/ping", ""), 409, "webhook-disabled");
    made(client.put(path, "{\"enabled\":true}"), 200);
    assertThat(client.post(path + "/ping", "").statusCode()).isEqualTo(202);
    assertThat(Client.send(client.request(path).DELETE().build()).statusCode()).isEqualTo(204);
    assertProblem(client.get(path), 404, "not-found");
    List<WebhookEvent> told = told(5);
    assertThat(((WebhookEvent.EndpointSaved) told.get(1)).version()).isEqualTo(2);
    assertThat(((WebhookEvent.EndpointSaved) told.get(1)).events()).containsExactly("job.running");
    assertThat(told.get(3)).isInstanceOf(WebhookEvent.PingRequested.class);
    assertThat(told.get(4)).isEqualTo(new WebhookEvent.EndpointDeleted(id, tenant, 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"url\":1}",
        "{\"url\":\"https://example.com/\",\"events\":[\"job.progressed\"]}",
        "{\"url\":\"https://example.com/\",\"events\":[]}",
        "{\"url\":\"https://example.com/\",\"enabled\":\"yes\"}",
        "{\"url\":\"https://example.com/\",\"headers\":{\"Host\":\"x\"}}"
      })
  void wrongEndpointsNameTheField(String body) throws Exception {
    assertProblem(client.post("/api/v1/webhooks", body), 422, "validation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
        "https://169.254.169.254/latest/meta-data",
        "https://example.com:9092/",
        "file:///etc/passwd",
        "https://good@evil.com/"
      })
  void forbiddenUrlsAreRefusedForEndpointsAndCallbacks(String url) throws Exception {
    assertProblem(
        client.post("/api/v1/webhooks", "{\"url\":\"" + url + "\"}"), 422, "url-not-allowed");
    assertProblem(
        client.post(
            "/api/v1/jobs", "{\"runner_command\":[\"true\"],\"callback_url\":\"" + url + "\"}"),
        422,
        "url-not-allowed");
  }

  @Test
  void callbackOfAJobIsShownAndCanBeSigned() throws Exception {
    JsonNode job =
        made(
            client.post(
                "/api/v1/jobs",
                "{\"runner_command\":[\"true\"],\"callback_url\":\"HTTPS://Example.com/done?x=1\"}"),
            202);

    assertThat(job.get("callback_url").asText()).isEqualTo("https://example.com/done?x=1");
    assertThat(client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}").body())
        .doesNotContain("callback_url");
    WebhookEvent.EndpointSaved told = (WebhookEvent.EndpointSaved) told(1).getFirst();
    assertThat(told.endpoint()).isEqualTo(WebhookEvent.callbackEndpoint(tenant));
    assertThat(told.url()).isNull();
    JsonNode rotated = made(client.post("/api/v1/webhooks/callback/rotate", ""), 200);
    assertThat(rotated.get("id").asText()).isEqualTo("callback");
    assertThat(rotated.get("secret").asText()).startsWith("whsec_");
    assertThat(client.get("/api/v1/webhooks/callback/deliveries").body()).contains("\"data\":[]");
    assertProblem(client.put("/api/v1/webhooks/callback", "{}"), 404, "not-found");
  }

  @Test
  void s020AnotherTenantsEndpointIsTheSame404AsNone() throws Exception {
    String id = made(client.post("/api/v1/webhooks", HOOK), 201).get("id").asText();
    Client other = tenant(tenant + "x", "read,write");
    String none = "ep_" + "0".repeat(26);

    for (String path : List.of("", "/deliveries", "/deliveries/msg_1")) {
      assertThat(anonymous(other.get("/api/v1/webhooks/" + id + path), id))
          .isEqualTo(anonymous(other.get("/api/v1/webhooks/" + none + path), none));
    }
    for (String path : List.of("/rotate", "/ping", "/deliveries/msg_1/redeliver")) {
      assertProblem(other.post("/api/v1/webhooks/" + id + path, ""), 404, "not-found");
    }
    assertProblem(other.put("/api/v1/webhooks/" + id, "{}"), 404, "not-found");
    assertProblem(
        Client.send(other.request("/api/v1/webhooks/" + id).DELETE().build()), 404, "not-found");
    assertThat(JSON.readTree(other.get("/api/v1/webhooks").body()).get("data")).isEmpty();
    assertThat(client.get("/api/v1/webhooks/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  void readingKeyMakesNothing() throws Exception {
    Client reader = tenant(tenant + "r", "read");

    assertThat(reader.get("/api/v1/webhooks").statusCode()).isEqualTo(200);
    assertProblem(reader.post("/api/v1/webhooks", HOOK), 403, "scope");
  }

  @Test
  void tenantHasOnlySoManyEndpoints() throws Exception {
    for (int i = 0; i < 50; i++) {
      made(client.post("/api/v1/webhooks", HOOK), 201);
    }

    assertProblem(client.post("/api/v1/webhooks", HOOK), 409, "too-many-webhooks");
  }

  /** What was told of this test's tenant, once there is so much of it. */
  private List<WebhookEvent> told(int count) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(this::read, events -> events.size() >= count);
  }

  private List<WebhookEvent> read() throws Exception {
    List<WebhookEvent> events = new ArrayList<>();
    TopicPartition partition = new TopicPartition(Topic.WEBHOOKS.name(), 0);
    try (KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(brokers, 500)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          Message<WebhookEvent> message = Json.message(Topic.WEBHOOKS, record.value());
          if (record.key().equals(tenant)) {
            events.addAll(message.events());
          }
        }
      }
    }
    return events;
  }

  private static String open(String endpoint, SigningSecret secret) {
    byte[] opened =
        SecretBox.of(Path.of("target/webhook-key")).open(secret.sealed(), endpoint).orElseThrow();
    return "whsec_" + Base64.getEncoder().encodeToString(opened);
  }

  private static JsonNode made(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private static String anonymous(HttpResponse<String> answer, String id) throws Exception {
    JsonNode body = JSON.readTree(answer.body());
    return answer.statusCode()
        + body.toString().replace(body.get("request_id").asText(), "REQUEST").replace(id, "ID");
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("code").asText()).isEqualTo(code);
    if (status == 422) {
      assertThat(problem.get("errors")).as(answer.body()).isNotEmpty();
    }
  }

  private String text(String sql, String argument) {
    return pool.preparedQuery(sql)
        .execute(Tuple.of(argument))
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .iterator()
        .next()
        .getString(0);
  }

  private Client tenant(String name, String scopes) {
    ApiKey key = ApiKey.of(Secrets.letters(ApiKey.RANDOM_CHARACTERS));
    execute("INSERT INTO gateway.tenant VALUES ($1, $1, false, now())", Tuple.of(name));
    execute(
        "INSERT INTO gateway.api_key VALUES ($1, $2, 'test', $3, $4, $5, $6, now(), null, null)",
        Tuple.from(
            List.of(
                key.id(),
                name,
                Buffer.buffer(secrets.mac(key.secret())),
                key.prefix(),
                key.lastFour(),
                scopes)));
    return new Client(key.written());
  }

  private void execute(String sql, Tuple arguments) {
    pool.preparedQuery(sql).execute(arguments).toCompletionStage().toCompletableFuture().join();
  }
}
