package dev.muster.gateway.shell;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;

/** Speaks to the gateway under test as a user would. */
final class Client {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final int TRIES_MAX = 30;

  private final String base;
  private final String key;

  Client(String key) {
    this(
        "http://127.0.0.1:"
            + ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class),
        key);
  }

  Client(String base, String key) {
    this.base = base;
    this.key = key;
  }

  /** With the first key, once the gateway has written it. */
  static Client withFirstKey() {
    Path file =
        Path.of(ConfigProvider.getConfig().getValue("gateway.bootstrap-key-file", String.class));
    Client anyone = new Client("none");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(file) && anyone.get("/health").statusCode() == 200);
    try {
      return new Client(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String key() {
    return key;
  }

  URI uri(String path) {
    return URI.create(base + path);
  }

  /** What the port for operators answers. */
  String management(String path) {
    int port = ConfigProvider.getConfig().getValue("quarkus.management.port", Integer.class);
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .build())
        .body();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + key);
  }

  /**
   * Submits a job of one command.
   *
   * @param more further members, each with a comma before it
   */
  JobId submit(String more) {
    String body = post("/api/v1/jobs", "{\"runner_command\":[\"x\"]" + more + "}").body();
    try {
      return JobId.parse(JSON.readTree(body).path("job_id").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(body, e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<String> put(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  HttpResponse<String> delete(String path) {
    return send(request(path).DELETE().build());
  }

  /** Sends a request, again while the database is too slow to be told from one that is away. */
  static HttpResponse<String> send(HttpRequest request) {
    HttpResponse<String> answer = send(request, HttpResponse.BodyHandlers.ofString());
    for (int tries = 1; tries < TRIES_MAX && isUnavailable(answer); tries++) {
      answer = send(request, HttpResponse.BodyHandlers.ofString());
    }
    return answer;
  }

  private static boolean isUnavailable(HttpResponse<String> answer) {
    return answer.statusCode() == 503 && answer.body().contains("\"code\":\"unavailable\"");
  }

  /** An answer whose bytes are read as they come. */
  static HttpResponse<InputStream> stream(HttpRequest request) {
    return send(request, HttpResponse.BodyHandlers.ofInputStream());
  }

  static HttpResponse<byte[]> sendForBytes(HttpRequest request) {
    return send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  private static <T> HttpResponse<T> send(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return HTTP.send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
