package dev.muster.agent.shell.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.muster.kit.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Speaks to the gateway about files. Whatever fails for a reason that may pass is tried again until
 * its time is over; digests are compared with what the other side says of the same bytes.
 */
final class GatewayClient {
  private static final Logger LOG = Logger.getLogger(GatewayClient.class);
  private static final long PAUSE_MAX_MILLIS = 5_000;
  private static final long BYTES_PER_SECOND_MIN = 1024 * 1024;

  private final URI gateway;
  private final Duration patience;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  GatewayClient(URI gateway, Duration patience) {
    this.gateway = gateway;
    this.patience = patience;
  }

  /** One try of something. */
  @FunctionalInterface
  private interface Try {
    Transfer once() throws IOException, InterruptedException;
  }

  /** Leaves a file with the gateway. */
  Transfer put(String right, Path file, String name) {
    return persistently(() -> send(right, file, name));
  }

  /**
   * Gets a file.
   *
   * @param path where it is at the gateway, with its query
   * @param target where it goes; it appears there whole
   */
  Transfer get(String right, String path, Path target) {
    return persistently(() -> fetch(right, path, target));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Transfer send(String right, Path file, String name)
      throws IOException, InterruptedException {
    long size = Files.size(file);
    MessageDigest digest = Digests.sha256();
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        InputStream digesting = new DigestInputStream(in, digest)) {
      HttpRequest request =
          request(right, "/worker/v1/artifacts?name=" + encoded(name), size)
              .header("Content-Type", "application/octet-stream")
              .PUT(
                  size == 0
                      ? BodyPublishers.noBody()
                      : BodyPublishers.fromPublisher(
                          BodyPublishers.ofInputStream(() -> digesting), size))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return failure(answer.statusCode(), answer.body());
      }
      String theirs = Json.MAPPER.readTree(answer.body()).path("sha256").asText();
      if (!theirs.equals(Digests.hex(digest.digest()))) {
        throw new IOException("the gateway has other bytes than were sent");
      }
      return new Transfer.Done();
    }
  }

  private Transfer fetch(String right, String path, Path target)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        http.send(request(right, path, 0).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      if (answer.statusCode() != 200) {
        return failure(
            answer.statusCode(), new String(in.readNBytes(64 * 1024), StandardCharsets.UTF_8));
      }
      MessageDigest digest = Digests.sha256();
      Path part = target.resolveSibling(target.getFileName() + ".part");
      try (InputStream digesting = new DigestInputStream(in, digest)) {
        Files.copy(digesting, part, StandardCopyOption.REPLACE_EXISTING);
      }
      String expected = answer.headers().firstValue("X-Artifact-Sha256").orElse("");
      if (!expected.equals(Digests.hex(digest.digest()))) {
        Files.deleteIfExists(part);
        throw new IOException("the bytes that came have another digest");
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      return new Transfer.Done();
    }
  }

  private HttpRequest.Builder request(String right, String path, long bytes) {
    return HttpRequest.newBuilder(gateway.resolve(path))
        .timeout(Duration.ofSeconds(60 + bytes / BYTES_PER_SECOND_MIN))
        .header("Authorization", "Attempt " + right);
  }

  private static Transfer failure(int status, String body) throws IOException {
    String code = "";
    String detail = "";
    try {
      var problem = Json.MAPPER.readTree(body);
      code = problem.path("code").asText();
      detail = problem.path("detail").asText();
    } catch (JsonProcessingException e) {
      LOG.debugf("Expected a problem, but the gateway said something else: %s", e.getMessage());
    }
    if (code.equals("attempt-not-current")) {
      return new Transfer.Fenced();
    }
    if (code.equals("quota-exceeded")
        || status == 404
        || status == 409
        || status == 413
        || status == 422) {
      return new Transfer.Refused(detail.isEmpty() ? "The gateway answered " + status : detail);
    }
    throw new IOException("the gateway answered " + status + " " + code);
  }

  private Transfer persistently(Try what) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pauseMillis = 100;
    while (true) {
      try {
        return what.once();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Transfer.Unreachable("the worker is stopping");
      } catch (IOException e) {
        if (NoSpace.isCause(e)) {
          return new Transfer.Full();
        }
        if (System.nanoTime() - deadline > 0) {
          return new Transfer.Unreachable(String.valueOf(e.getMessage()));
        }
        LOG.debugf("Expected the gateway to move a file, but %s; next try soon", e.getMessage());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
      pauseMillis = Math.min(pauseMillis * 2, PAUSE_MAX_MILLIS);
    }
  }
}
