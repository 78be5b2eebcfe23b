package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The key-value store of projects against the real gateway, which is killed on the way. */
class KeyValueIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static GatewayProcess gateway;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    client = gateway.as(GatewayRows.key("keeper", "read,write"));
    for (String project : List.of("vision", "cas", "count", "shared", "other", "bad", "list")) {
      create(project);
    }
  }

  private static void create(String project) {
    HttpResponse<String> made = client.post("/api/v1/projects", "{\"name\":\"" + project + "\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  @Test
  void valuesGoWithTheirProject() {
    assertThat(put("gone", "n", "1").statusCode()).isEqualTo(404);
    create("gone");
    assertThat(put("gone", "n", "1").statusCode()).isEqualTo(201);

    assertThat(client.delete("/api/v1/projects/gone").statusCode()).isBetween(200, 204);

    assertThat(client.get(path("gone", "n")).statusCode()).isEqualTo(404);
    create("gone");
    assertThat(client.get("/api/v1/projects/gone/kv").body()).contains("\"data\":[]");
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  @Test
  void valueComesBackByteForByteAndSoDoesItsTag() {
    String value = "{ \"lr\" : 1.0, \"big\": 12345678901234567890, \"é\": null }";

    HttpResponse<String> put = put("vision", "best", value);
    HttpResponse<String> got = client.get(path("vision", "best"));

    assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
    assertThat(got.body()).isEqualTo(value);
    assertThat(etag(got)).isEqualTo(etag(put));
    assertThat(get("vision", "best", "If-None-Match", etag(got)).statusCode()).isEqualTo(304);
    assertThat(put("vision", "best", "3").statusCode()).isEqualTo(200);
    assertThat(client.get(path("vision", "best")).body()).isEqualTo("3");
  }

  @Test
  void staleTagChangesNothingNotEvenAfterTheKeyWasMadeAnew() {
    String first = etag(put("cas", "n", "1"));
    assertThat(put("cas", "n", "9", "If-None-Match", "*").statusCode()).isEqualTo(412);
    String second = etag(put("cas", "n", "2", "If-Match", first));
    assertThat(put("cas", "n", "3", "If-Match", first).statusCode()).isEqualTo(412);
    assertThat(delete("cas", "n", "If-Match", first).statusCode()).isEqualTo(412);
    assertThat(delete("cas", "n", "If-Match", second).statusCode()).isEqualTo(204);
    assertThat(delete("cas", "n").statusCode()).isEqualTo(404);
    assertThat(put("cas", "n", "4", "If-Match", "*").statusCode()).isEqualTo(412);
    assertThat(put("cas", "n", "1", "If-None-Match", "*").statusCode()).isEqualTo(201);
    assertThat(put("cas", "n", "5", "If-Match", first).statusCode()).isEqualTo(412);
    assertThat(put("cas", "n", "5", "If-Match", second).statusCode()).isEqualTo(412);
  }

  @Test
  void parallelCountersLoseNoStep() throws Exception {
    put("count", "n", "0");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> steps =
          IntStream.range(0, 40).<Callable<Integer>>mapToObj(i -> KeyValueIT::step).toList();
      for (Future<Integer> step : threads.invokeAll(steps)) {
        step.get();
      }
    }

    assertThat(client.get(path("count", "n")).body()).isEqualTo("40");
  }

  private static int step() {
    while (true) {
      HttpResponse<String> now = client.get(path("count", "n"));
      int next = Integer.parseInt(now.body()) + 1;
      if (put("count", "n", "" + next, "If-Match", etag(now)).statusCode() == 200) {
        return next;
      }
    }
  }

  @Test
  void otherTenantsAndOtherProjectsSeeNothing() throws Exception {
    put("shared", "secret", "1");
    Client stranger = gateway.as(GatewayRows.key("stranger", "read,write"));
    Client reader = gateway.as(GatewayRows.key("keeper", "read"));

    assertThat(stranger.get(path("shared", "secret")).statusCode()).isEqualTo(404);
    assertThat(stranger.get("/api/v1/projects/shared/kv").statusCode()).isEqualTo(404);
    assertThat(client.get(path("other", "secret")).statusCode()).isEqualTo(404);
    assertThat(reader.get(path("shared", "secret")).statusCode()).isEqualTo(200);
    assertThat(
            Client.send(
                    reader
                        .request(path("shared", "secret"))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("2"))
                        .build())
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void wrongKeysAndValuesAreRefusedAndLeaveNothing() {
    assertThat(put("bad", "a%20b", "1").statusCode()).isEqualTo(422);
    assertThat(put("bad", "k".repeat(129), "1").statusCode()).isEqualTo(422);
    assertThat(put("bad", "k", "{\"a\":1,\"a\":2}").statusCode()).isEqualTo(400);
    assertThat(put("bad", "k", "").statusCode()).isEqualTo(400);
    assertThat(put("bad", "k", "\"" + "x".repeat(64 * 1024) + "\"").statusCode()).isEqualTo(422);
    assertThat(put("..bad", "k", "1").statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/projects/bad/kv").body()).contains("\"data\":[]");
    assertThat(put("bad", "k", "\"" + "x".repeat(64 * 1024 - 2) + "\"").statusCode())
        .isEqualTo(201);
  }

  @Test
  void listPagesInTheOrderOfKeysByPrefix() throws Exception {
    for (String key : List.of("b:2", "a", "b:1", "B", "b:3")) {
      put("list", key, "\"" + key + "\"");
    }
    JsonNode all = JSON.readTree(client.get("/api/v1/projects/list/kv").body());
    JsonNode first = JSON.readTree(client.get("/api/v1/projects/list/kv?prefix=b:&limit=2").body());
    JsonNode rest =
        JSON.readTree(
            client
                .get(
                    "/api/v1/projects/list/kv?prefix=b:&limit=2&cursor="
                        + first.path("next_cursor").asText())
                .body());

    assertThat(all.path("data").findValuesAsText("key"))
        .containsExactly("B", "a", "b:1", "b:2", "b:3");
    assertThat(first.path("data").findValuesAsText("key")).containsExactly("b:1", "b:2");
    assertThat(rest.path("data").findValuesAsText("key")).containsExactly("b:3");
    assertThat(rest.path("has_more").asBoolean()).isFalse();
  }

  private static String path(String project, String key) {
    return "/api/v1/projects/" + project + "/kv/" + key;
  }

  private static String etag(HttpResponse<String> answer) {
    return answer.headers().firstValue("ETag").orElseThrow(() -> new AssertionError(answer.body()));
  }

  private static HttpResponse<String> get(String project, String key, String... headers) {
    return Client.send(client.request(path(project, key)).headers(headers).GET().build());
  }

  private static HttpResponse<String> put(
      String project, String key, String value, String... headers) {
    HttpRequest.Builder request =
        client
            .request(path(project, key))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(value));
    return Client.send(headers.length == 0 ? request.build() : request.headers(headers).build());
  }

  private static HttpResponse<String> delete(String project, String key, String... headers) {
    HttpRequest.Builder request = client.request(path(project, key)).DELETE();
    return Client.send(headers.length == 0 ? request.build() : request.headers(headers).build());
  }
}
