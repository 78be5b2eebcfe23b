package dev.muster.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The HTTP API as a driver uses it. The key is read from {@code .muster/api-key} of the current
 * folder.
 */
final class Client {
  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String key;

  Client(String base) throws IOException {
    this.base = base;
    this.key = Files.readString(Path.of(".muster/api-key")).strip();
  }

  /** Where the gateway is. */
  URI base() {
    return URI.create(base);
  }

  /** The key, for connections that are made by hand. */
  String key() {
    return key;
  }

  /** Submits a job and returns its id; throws when it is not accepted. */
  String submit(String body) throws IOException, InterruptedException {
    HttpResponse<String> response = submitOnce(body);
    if (response.statusCode() != 202) {
      throw new IOException(
          "Expected 202 for a submission, but got "
              + response.statusCode()
              + ": "
              + response.body());
    }
    return JSON.readTree(response.body()).path("job_id").asText();
  }

  /** Submits a job, whatever the answer. */
  HttpResponse<String> submitOnce(String body) throws IOException, InterruptedException {
    HttpRequest request =
        request("/api/v1/jobs")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Asks for a job to be cancelled. */
  void cancel(String id) throws IOException, InterruptedException {
    HttpRequest request =
        request("/api/v1/jobs/" + id + "/cancel")
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException("Expected to cancel a job, but got " + response.statusCode());
    }
  }

  /** The job as the API shows it. */
  JsonNode job(String id) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(request("/api/v1/jobs/" + id).GET().build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  /**
   * Asks until the job has ended.
   *
   * @param pause time between two questions
   */
  JsonNode awaitEnd(String id, Duration pause) throws IOException, InterruptedException {
    while (true) {
      JsonNode job = job(id);
      if (hasEnded(job)) {
        return job;
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  /** Whether a job, as the API shows it, has reached its last state. */
  static boolean hasEnded(JsonNode job) {
    return switch (job.path("canonical_state").asText()) {
      case "COMPLETED", "PARTIAL", "FAILED", "CANCELLED", "EXPIRED" -> true;
      default -> false;
    };
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + key);
  }
}
