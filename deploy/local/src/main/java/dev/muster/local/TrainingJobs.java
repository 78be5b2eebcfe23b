package dev.muster.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Some jobs, so that a training run walks the paths of real ones. */
final class TrainingJobs {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> ENDS =
      Set.of("COMPLETED", "PARTIAL", "FAILED", "CANCELLED", "EXPIRED");
  private static final List<String> JOBS =
      List.of(
          "{\"runner_command\":[\"/bin/true\"]}",
          "{\"runner_command\":[\"muster:noop\"],\"fan_out\":{\"items\":[{},{},{}]}}",
          "{\"runner_command\":[\"muster:noop\"],"
              + "\"fan_out\":{\"chunks\":500,\"total\":500,\"range_field\":\"range\"}}",
          "{\"runner_command\":[\"/bin/sh\",\"-c\",\"echo hello; exit 3\"],"
              + "\"fan_out\":{\"items\":[{},{}]}}");

  private TrainingJobs() {}

  /**
   * Submits jobs and reads them until they have ended.
   *
   * @throws IOException when the API refuses, or the jobs take too long
   */
  static void run(int port, Path apiKey) throws IOException {
    String api = "http://127.0.0.1:" + port + "/api/v1";
    String key = Files.readString(apiKey).strip();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String job : JOBS) {
      String id = call(api + "/jobs", key, job).path("job_id").asText();
      JsonNode view = call(api + "/jobs/" + id, key, "");
      while (!ENDS.contains(view.path("canonical_state").asText())) {
        if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
          throw new IOException("Expected job " + id + " to end, but it is " + view);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
        view = call(api + "/jobs/" + id, key, "");
      }
      call(api + "/jobs/" + id + "/tasks", key, "");
      call(api + "/results/" + id, key, "");
    }
    call(api + "/jobs", key, "");
  }

  private static JsonNode call(String url, String key, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(10_000);
    connection.setRequestProperty("Authorization", "Bearer " + key);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      if (status >= 400) {
        throw new IOException(
            "Expected %s to succeed, but got %d %s"
                .formatted(url, status, new String(bytes, StandardCharsets.UTF_8)));
      }
      return new ObjectMapper().readTree(bytes);
    }
  }
}
