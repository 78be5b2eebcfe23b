package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What never becomes a request, or is refused before its resource sees it, is a problem too. */
class HttpEdgeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BODY = "{\"runner_command\":[\"true\"]}";

  private static GatewayProcess gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  static List<Arguments> requests() {
    return List.of(
        arguments("no HTTP at all", "hello\r\n\r\n", 400, "malformed"),
        arguments("no version", "GET /api/v1/jobs\r\n\r\n", 400, "malformed"),
        arguments("space in a header name", get("Bad Name: x\r\n"), 400, "malformed"),
        arguments(
            "two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n"), 400, "malformed"),
        arguments("no number as length", post("Content-Length: two\r\n"), 400, "malformed"),
        arguments("negative length", post("Content-Length: -1\r\n"), 400, "malformed"),
        arguments("unknown coding", post("Transfer-Encoding: xchunked\r\n"), 400, "malformed"),
        arguments("coding on top", post("Transfer-Encoding: gzip, chunked\r\n"), 400, "malformed"),
        arguments(
            "length beyond a long",
            post("Content-Length: 99999999999999999999\r\n"),
            400,
            "malformed"),
        arguments("length over the limit", post("Content-Length: 67108865\r\n"), 413, "too-large"),
        arguments(
            "line of 5 KiB", line("/api/v1/jobs?tag=" + "a".repeat(5_000)), 414, "uri-too-long"),
        arguments(
            "headers of 17 KiB",
            get("X-A: " + "a".repeat(17_000) + "\r\n"),
            431,
            "headers-too-large"),
        arguments(
            "1,000 headers",
            get("X-Header-Name: some value\r\n".repeat(1_000)),
            431,
            "headers-too-large"),
        arguments(
            "101 parameters", line("/api/v1/jobs?" + "a=1&".repeat(100) + "a=1"), 400, "query"),
        arguments("unknown path", line("/nothing"), 404, "not-found"),
        arguments("path of the management port", line("/q/metrics"), 404, "not-found"),
        arguments("path with dots", line("/api/v1/%2e%2e/q/metrics"), 404, "not-found"),
        arguments("path with NUL", line("/api/v1/jobs/%00"), 401, "unauthenticated"),
        arguments("broken escape", line("/api/v1/jobs/%zz"), 400, "malformed"),
        arguments(
            "unknown method",
            "BREW /api/v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            405,
            "method-not-allowed"),
        arguments(
            "CONNECT",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            404,
            "not-found"),
        arguments("no key", line("/api/v1/jobs"), 401, "unauthenticated"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void refusalIsAProblemAndClosesTheConnection(String what, String request, int status, String code)
      throws Exception {
    RawSocket.Answer answer = RawSocket.send(gateway.port(), request);

    assertThat(answer.status()).as(what + ": " + answer.head() + answer.body()).isEqualTo(status);
    assertThat(answer.head()).contains("content-type: application/problem+json");
    assertThat(answer.head()).contains("x-content-type-options: nosniff");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("code").asText()).isEqualTo(code);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("type").asText()).isEqualTo("/problems/" + code);
    assertThat(problem.get("request_id").asText()).startsWith("req_");
    assertThat(answer.body()).doesNotContainIgnoringCase("exception").doesNotContain("netty");
    if (status == 405) {
      assertThat(answer.head()).contains("allow: ").contains("get").contains("post");
    }
  }

  @Test
  void requestThatFollowsARefusedOneIsNotServed() throws Exception {
    String key = GatewayRows.key("edge", "read,write");
    String smuggled =
        "GET /api/v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n\r\n";

    RawSocket.Answer answer =
        RawSocket.send(
            gateway.port(), post("Content-Length: 2\r\nContent-Length: 3\r\n") + smuggled);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).doesNotContain("HTTP/1.1 200");
  }

  @Test
  void clientThatSendsAllOfATooLargeBodyStillReadsTheAnswer() throws Exception {
    int length = 64 * 1024 * 1024 + 1;
    String head = post("Content-Length: " + length + "\r\n").replace("Connection: close\r\n", "");

    RawSocket.Answer answer =
        RawSocket.send(gateway.port(), head + " ".repeat(length - BODY.length()));

    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void queryOfAHundredParametersIsRead() throws Exception {
    Client client = gateway.as(GatewayRows.key("edge", "read"));

    assertThat(client.get("/api/v1/jobs?" + "status=running&".repeat(99) + "limit=1").statusCode())
        .isEqualTo(200);
  }

  private static String line(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  }

  private static String get(String headers) {
    return "GET /api/v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n";
  }

  private static String post(String headers) {
    return "POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        + "Content-Type: application/json\r\n"
        + headers
        + "\r\n"
        + BODY;
  }
}
