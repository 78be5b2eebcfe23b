package dev.muster.gateway.shell;

import static dev.muster.gateway.shell.AggregatorRows.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent.Kind;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may open streams and how many, what a reader may cost, and the WebSocket. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
@Timeout(300)
class StreamAccessIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static AggregatorRows rows;
  private Client client;
  private JobId job;

  @BeforeAll
  static void connectAsAggregator() {
    rows = new AggregatorRows();
  }

  @AfterAll
  static void close() {
    rows.close();
  }

  @BeforeEach
  void submit() throws Exception {
    client = Client.withFirstKey();
    job = client.submit("");
  }

  private String streamPath() {
    return "/api/v1/jobs/" + job.external() + "/stream";
  }

  private HttpResponse<String> ticketFor(String path) {
    return client.post("/api/v1/stream-tickets", "{\"path\":\"" + path + "\"}");
  }

  private String ticket(String path) throws Exception {
    HttpResponse<String> answer = ticketFor(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body()).get("ticket").asText();
  }

  private HttpRequest withoutKey(String path) {
    return HttpRequest.newBuilder(client.uri(path)).timeout(Duration.ofSeconds(20)).build();
  }

  @Test
  void ticketOpensItsStreamOnce() throws Exception {
    rows.event(job, 1, Kind.COMPLETED, counts(0, 0, 2, 0), false);
    String url = streamPath() + "?ticket=" + ticket(streamPath());

    HttpResponse<String> first = Client.send(withoutKey(url));
    HttpResponse<String> second = Client.send(withoutKey(url));

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).contains("event:end");
    assertThat(second.statusCode()).isEqualTo(401);
  }

  @Test
  void ticketOpensNothingElse() throws Exception {
    String ticket = ticket(streamPath());

    for (String path :
        List.of("/api/v1/events", "/api/v1/jobs", "/api/v1/jobs/" + job.external())) {
      assertThat(Client.send(withoutKey(path + "?ticket=" + ticket)).statusCode()).isEqualTo(401);
    }
    assertThat(Client.send(withoutKey(streamPath() + "?ticket=mt_x")).statusCode()).isEqualTo(401);
    assertThat(Client.send(withoutKey(streamPath())).statusCode()).isEqualTo(401);
    assertThat(ticketFor("/api/v1/jobs").statusCode()).isEqualTo(422);
    assertThat(ticketFor("https://example.org/api/events").statusCode()).isEqualTo(422);
  }

  @Test
  void sixthStreamOfAnAddressIsRefusedAndAnotherAddressIsNot() throws Exception {
    List<SseReader> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        open.add(new SseReader(from("203.0.113.7", "/api/v1/events")));
      }
      HttpResponse<String> sixth = Client.send(from("203.0.113.7", "/api/v1/events"));
      HttpResponse<String> spoofed =
          Client.send(from("198.51.100.1, 203.0.113.7", "/api/v1/events"));
      open.add(new SseReader(from("203.0.113.8", "/api/v1/events")));

      assertThat(sixth.statusCode()).isEqualTo(429);
      assertThat(sixth.headers().firstValue("Retry-After")).isPresent();
      assertThat(sixth.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(JSON.readTree(sixth.body()).get("code").asText()).isEqualTo("too-many-streams");
      assertThat(spoofed.statusCode()).isEqualTo(429);
    } finally {
      for (SseReader reader : open) {
        reader.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          try (SseReader again = new SseReader(from("203.0.113.7", "/api/v1/events"))) {
            again.mark();
          }
        });
  }

  private HttpRequest from(String address, String path) {
    return client.request(path).header("X-Forwarded-For", address).build();
  }

  @Test
  @Timeout(150)
  void readerThatNeverReadsIsCutOffAndAnotherIsNotSlowed() throws Exception {
    rows.event(job, 1, Kind.RUNNING, counts(0, 1, 0, 0), false);
    try (Socket deaf = new Socket();
        SseReader healthy = new SseReader(client.request(streamPath()).build())) {
      deaf.setReceiveBufferSize(4_096);
      deaf.connect(
          new java.net.InetSocketAddress(client.uri("/").getHost(), client.uri("/").getPort()));
      OutputStream out = deaf.getOutputStream();
      out.write(
          ("GET "
                  + streamPath()
                  + " HTTP/1.1\r\nHost: muster\r\nAuthorization: Bearer "
                  + client.key()
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      await().atMost(Duration.ofSeconds(20)).until(() -> connections() >= 2);
      healthy.next("job");
      String piece = "x".repeat(8_000);
      for (int i = 0; i < 200; i++) {
        rows.outputWritten(job, i * 8_000L, piece);
        assertThat(healthy.next().name()).isEqualTo("log");
      }

      await().atMost(Duration.ofSeconds(45)).until(() -> connections() == 1);

      long heldBytes = 0;
      deaf.setSoTimeout(5_000);
      InputStream in = deaf.getInputStream();
      byte[] held = new byte[64 * 1024];
      try {
        for (int n = in.read(held); n >= 0; n = in.read(held)) {
          heldBytes += n;
        }
      } catch (java.io.IOException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      assertThat(heldBytes).isLessThan(512 * 1024);
    }
  }

  @Test
  void streamOfARevokedKeyEndsWithReauth() throws Exception {
    JsonNode key = JSON.readTree(client.post("/api/v1/keys", "{\"scopes\":[\"read\"]}").body());
    Client owner = new Client(key.get("key").asText());
    rows.event(job, 1, Kind.RUNNING, counts(0, 1, 0, 0), false);
    try (SseReader reader = new SseReader(owner.request(streamPath()).build())) {
      assertThat(reader.next().name()).isEqualTo("job");

      assertThat(client.delete("/api/v1/keys/" + key.get("key_id").asText()).statusCode())
          .isEqualTo(200);

      assertThat(reader.next().name()).isEqualTo("reauth");
      assertThat(reader.data().get("reason").asText()).isEqualTo("key-revoked");
      assertThat(reader.isAtEnd()).isTrue();
    }
  }

  @Test
  @Timeout(300)
  void socketThatNeverReadsIsClosedWithAReason() throws Exception {
    JobId large = client.submit(",\"meta\":{\"x\":\"" + "y".repeat(15_000) + "\"}");
    rows.event(large, 1, Kind.RUNNING, counts(0, 1, 0, 0), false);
    double before = connections();
    try (Socket deaf = new Socket()) {
      deaf.setReceiveBufferSize(4_096);
      deaf.connect(
          new java.net.InetSocketAddress(client.uri("/").getHost(), client.uri("/").getPort()));
      deaf.getOutputStream()
          .write(
              ("GET /v1/jobs/ws HTTP/1.1\r\nHost: muster\r\nConnection: Upgrade\r\n"
                      + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
                      + client.key()
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(Duration.ofSeconds(20)).until(() -> connections() > before);
      // More than the kernel holds for a connection: 4 MiB.
      for (int i = 2; i < 600; i++) {
        rows.event(large, i, Kind.PROGRESSED, counts(0, 1, 0, 0), true);
      }

      await().atMost(Duration.ofSeconds(180)).until(() -> connections() <= before);

      deaf.setSoTimeout(20_000);
      byte[] heard = deaf.getInputStream().readAllBytes();
      int end = heard.length;
      assertThat(
              new String(heard, Math.max(0, end - 60), Math.min(60, end), StandardCharsets.UTF_8))
          .as("the last frame is a close frame with its reason")
          .contains("takes nothing");
      assertThat(end).as("what was held for it").isLessThan(8_000_000);
    }
  }

  private double connections() {
    String metrics = client.management("/q/metrics");
    return metrics
        .lines()
        .filter(line -> line.startsWith("sse_connections"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void socketTellsASnapshotThenNumberedChanges() throws Exception {
    rows.event(job, 1, Kind.RUNNING, counts(0, 1, 0, 0), false);
    Ear ear = new Ear();
    WebSocket socket = socket(ear, "Authorization", "Bearer " + client.key(), "");

    JsonNode snapshot = ear.next();
    rows.event(job, 2, Kind.COMPLETED, counts(0, 0, 2, 0), true);
    JsonNode change = ear.next();
    while (!change.at("/data/job_id").asText().equals(job.external())) {
      change = ear.next();
    }

    assertThat(snapshot.get("type").asText()).isEqualTo("snapshot");
    assertThat(snapshot.get("seq").asInt()).isZero();
    assertThat(snapshot.at("/data/jobs").findValuesAsText("job_id")).contains(job.external());
    assertThat(change.get("type").asText()).isEqualTo("job");
    assertThat(change.get("seq").asInt()).isPositive();
    assertThat(change.at("/data/status").asText()).isEqualTo("completed");

    socket.abort();
    JobId next = client.submit("");
    rows.event(next, 1, Kind.SUBMITTED, counts(0, 0, 0, 0), true);
    Ear again = new Ear();
    WebSocket resumed =
        socket(again, "X-Api-Key", client.key(), "?after=" + change.get("cursor").asText());
    JsonNode missed = again.next();
    while (!missed.get("type").asText().equals("job")) {
      missed = again.next();
    }
    assertThat(missed.at("/data/job_id").asText()).isEqualTo(next.external());
    resumed.abort();
  }

  @Test
  void socketOpensForNobodyElse() throws Exception {
    assertThat(refusal("X-None", "1", "")).contains("401");
    assertThat(refusal("Authorization", "Bearer mk_x", "")).contains("401");
    assertThat(refusal("Origin", "https://evil.example", "?ticket=" + ticket("/v1/jobs/ws")))
        .contains("403");
    Ear ear = new Ear();
    String ticket = ticket("/v1/jobs/ws");
    socket(ear, "X-None", "1", "?ticket=" + ticket).abort();
    assertThat(refusal("X-None", "1", "?ticket=" + ticket)).contains("401");
  }

  private String refusal(String header, String value, String query) {
    try {
      socket(new Ear(), header, value, query).abort();
      return "opened";
    } catch (CompletionException e) {
      return e.getCause() instanceof java.net.http.WebSocketHandshakeException refused
          ? Integer.toString(refused.getResponse().statusCode())
          : String.valueOf(e.getCause());
    }
  }

  private WebSocket socket(Ear ear, String header, String value, String query) {
    return java.net.http.HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .header(header, value)
        .buildAsync(
            java.net.URI.create(
                client.uri("/v1/jobs/ws").toString().replace("http:", "ws:") + query),
            ear)
        .join();
  }

  private static final class Ear implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    JsonNode next() throws Exception {
      String message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).as("a message").isNotNull();
      return JSON.readTree(message);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        messages.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
