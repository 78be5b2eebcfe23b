package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.gateway.key.ApiKey;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class ProblemIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO = "{\"runner_command\":[\"true\"]}";
  private static final String NO_JOB = "job_01ARZ3NDEKTSV4RRFFQ69G5FAV";

  @Inject Pool pool;
  @Inject Secrets secrets;
  private Client client;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/nothing,                404, not-found",
    "GET,    /nothing,                       404, not-found",
    "GET,    /q/metrics,                     404, not-found",
    "GET,    /q/health,                      404, not-found",
    "DELETE, /api/v1/jobs,                   405, method-not-allowed",
    "TRACE,  /api/v1/jobs,                   405, method-not-allowed",
    "GET,    /api/v1/jobs?limit=0,           422, validation",
    "GET,    /api/v1/jobs?limit=abc,         422, validation",
    "GET,    /api/v1/jobs?limit=1&limit=2,   422, validation",
    "GET,    /api/v1/jobs?created_after=2026-02-30, 422, validation",
    "GET,    /api/v1/jobs?status=done,       422, validation",
    "GET,    /api/v1/jobs?offset=3,          400, query",
    "GET,    /api/v1/jobs?cursor=AAAA,       400, cursor",
    "GET,    /api/v1/jobs/xyz,               404, not-found",
    "GET,    /api/v1/jobs/xyz/tasks,         404, not-found",
    "GET,    /api/v1/jobs/xyz/output,        404, not-found",
    "GET,    /api/v1/jobs/xyz/stream,        404, not-found",
    "GET,    /api/v1/results/xyz,            404, not-found",
    "PUT,    /api/v1/jobs/xyz/cancel,        404, not-found",
    "POST,   /api/v1/jobs/xyz/retry,         404, not-found",
  })
  void refusalIsAProblem(String method, String path, int status, String code) throws Exception {
    HttpResponse<String> answer =
        Client.send(
            client.request(path).method(method, HttpRequest.BodyPublishers.noBody()).build());

    assertProblem(answer, status, code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                              | 400 | malformed",
        "{                             | 400 | malformed",
        "null                          | 422 | validation",
        "[]                            | 422 | validation",
        "{\"a\":1,\"a\":2}             | 400 | malformed",
        "{\"a\":NaN}                   | 400 | malformed",
        "{\"a\":01}                    | 400 | malformed",
        "{} x                          | 400 | malformed",
        "{\"project\":\"\\u0000\"}     | 422 | invalid-character",
        "{\"project\":\"\\ud800\"}     | 422 | invalid-character",
        "{\"payload\":{\"\\u0000\":1}} | 422 | invalid-character",
        "{}                            | 422 | validation",
      })
  void badBodyIsAProblem(String body, int status, String code) throws Exception {
    assertProblem(client.post("/api/v1/jobs", body == null ? "" : body), status, code);
  }

  @Test
  void deepJsonIsRefused() throws Exception {
    String deep = "{\"payload\":{\"a\":" + "[".repeat(100_000);

    assertProblem(client.post("/api/v1/jobs", deep), 400, "json-too-deep");
  }

  @Test
  void bodyOverTheLimitIsRefusedBeforeItIsRead() throws Exception {
    byte[] body = new byte[64 * 1024 * 1024 + 1];
    Arrays.fill(body, (byte) ' ');
    HttpRequest declared =
        client
            .request("/api/v1/jobs")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpRequest chunked =
        client
            .request("/api/v1/jobs")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();

    assertProblem(Client.send(declared), 413, "too-large");
    assertProblem(Client.send(chunked), 413, "too-large");
  }

  @Test
  void wrongMediaTypesAreRefused() throws Exception {
    for (String type :
        List.of("text/plain", "application/xml", "application/json; charset=utf-16")) {
      HttpRequest request =
          client
              .request("/api/v1/jobs")
              .header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofString(HELLO))
              .build();
      assertProblem(Client.send(request), 415, "unsupported-media-type");
    }
    HttpRequest picture =
        client.request("/api/v1/jobs").header("Accept", "image/png").GET().build();
    assertProblem(Client.send(picture), 406, "not-acceptable");
  }

  @Test
  void withoutAValidKeyNothingIsShown() throws Exception {
    for (String key : List.of("", "x", client.key() + "x", wrongSecret())) {
      HttpResponse<String> answer = new Client(key).get("/api/v1/jobs");
      assertProblem(answer, 401, "unauthenticated");
      assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }
  }

  @Test
  void aReadOnlyKeySubmitsNothing() throws Exception {
    Client reader = tenant("reader", "read");

    assertThat(reader.get("/api/v1/jobs").statusCode()).isEqualTo(200);
    assertProblem(reader.post("/api/v1/jobs", HELLO), 403, "scope");
  }

  @Test
  void operatorAsksForTheJobsOfTheTenantAndForNoOthers() throws Exception {
    Client operator = tenant("operated", "read,write,admin");
    Client user = tenant("unoperated", "read,write");
    client.post("/api/v1/jobs", HELLO);
    operator.post("/api/v1/jobs", HELLO);
    operator.post("/api/v1/jobs", HELLO);

    for (String work : List.of("replay", "rebuild")) {
      HttpResponse<String> answer = operator.post("/api/v1/admin/" + work, "{}");

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      JsonNode page = JSON.readTree(answer.body());
      assertThat(page.get("requested").asInt()).isEqualTo(2);
      assertThat(page.get("next_cursor").isNull()).isTrue();
      assertProblem(user.post("/api/v1/admin/" + work, "{}"), 403, "scope");
    }
  }

  @Test
  void anotherTenantsJobIsTheSame404AsNone() throws Exception {
    Client other = tenant("other", "read,write");
    String id = JSON.readTree(client.post("/api/v1/jobs", HELLO).body()).get("job_id").asText();
    for (String path : List.of("jobs/%s", "jobs/%s/tasks", "jobs/%s/output", "jobs/%s/stream")) {
      assertThat(anonymous(other.get("/api/v1/" + path.formatted(id)), id))
          .isEqualTo(anonymous(other.get("/api/v1/" + path.formatted(NO_JOB)), NO_JOB));
    }
    assertProblem(other.get("/api/v1/results/" + id), 404, "not-found");
    assertProblem(other.put("/api/v1/jobs/" + id + "/cancel", "{}"), 404, "not-found");
    assertProblem(other.post("/api/v1/jobs/" + id + "/retry", ""), 404, "not-found");
    assertThat(other.get("/api/v1/jobs?limit=200").body()).contains("\"data\"").doesNotContain(id);
  }

  @Test
  void answersCarrySecurityHeadersAndTheTrace() {
    HttpResponse<String> answer =
        Client.send(
            client
                .request("/api/v1/jobs")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .GET()
                .build());

    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("traceparent").orElseThrow())
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-");
  }

  @Test
  void documentOfTheApiIsServed() throws Exception {
    HttpResponse<String> answer = client.get("/openapi?format=json");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).get("openapi").asText()).startsWith("3.1");
  }

  private static String anonymous(HttpResponse<String> answer, String id) throws Exception {
    ObjectNode body = (ObjectNode) JSON.readTree(answer.body());
    body.remove("request_id");
    return answer.statusCode() + body.toString().replace(id, "ID");
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse("none"))
        .startsWith("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("code").asText()).isEqualTo(code);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("request_id").asText()).startsWith("req_");
    assertThat(problem.get("instance").asText()).startsWith("/");
  }

  private String wrongSecret() {
    ApiKey right = ApiKey.parse(client.key()).orElseThrow();
    return new ApiKey(right.id(), "0".repeat(32)).written();
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
