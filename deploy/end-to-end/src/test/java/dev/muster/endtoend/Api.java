package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A user's view of the HTTP API. */
final class Api {
  private static final Set<String> ENDED = Set.of("completed", "partial", "failed", "cancelled");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String base;
  private final String key;

  Api(String base, String key) {
    this.base = base;
    this.key = key;
  }

  /** The view of a new tenant's user, who reads and writes. */
  Api ofTenant(String tenant) {
    assertThat(post("/api/v1/tenants", "{\"tenant\":\"" + tenant + "\"}").status()).isEqualTo(201);
    Answer made =
        post(
            "/api/v1/keys",
            "{\"tenant\":\"" + tenant + "\",\"scopes\":[\"read\",\"write\"],\"label\":\"test\"}");
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return new Api(base, made.body().path("key").asText());
  }

  record Answer(int status, JsonNode body) {}

  Answer get(String path) {
    return send(request(path).GET().build());
  }

  Answer post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  Answer put(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  Answer delete(String path) {
    return send(request(path).DELETE().build());
  }

  /** Submits a job and returns its id. */
  String submit(String body) {
    Answer answer = post("/api/v1/jobs", body);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
    return answer.body().path("job_id").asText();
  }

  JsonNode job(String id) {
    Answer answer = get("/api/v1/jobs/" + id);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer.body();
  }

  /** Waits for the job's end; while services are away it just asks again. */
  JsonNode awaitEnd(String id, Duration atMost) {
    return Awaitility.await("end of " + id)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> job(id), job -> ENDED.contains(job.path("status").asText()));
  }

  /** Submits, waits for the end, returns the job. */
  JsonNode run(String body) {
    return awaitEnd(submit(body), Duration.ofMinutes(2));
  }

  /** All task results of a job, over all pages. */
  List<JsonNode> results(String id) {
    return pages("/api/v1/results/" + id + "?limit=1000", "task_results");
  }

  /** All tasks of a job, over all pages. */
  List<JsonNode> tasks(String id) {
    return pages("/api/v1/jobs/" + id + "/tasks?limit=1000", "data");
  }

  private List<JsonNode> pages(String path, String member) {
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    do {
      Answer answer = get(path + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
      answer.body().path(member).forEach(all::add);
      cursor = answer.body().path("next_cursor").asText("");
    } while (!cursor.isEmpty() && !cursor.equals("null"));
    return all;
  }

  /** A job that runs a shell script, as a document to which more can be added. */
  static ObjectNode shell(String script) {
    ObjectNode job = Platform.JSON.createObjectNode();
    job.put("type", "structured_runner");
    job.putArray("runner_command").add("sh").add("-c").add(script);
    return job;
  }

  /**
   * The numbers of the {@code job} events in a stream; the snapshot that opens a stream has number
   * 0 and is left out.
   */
  static List<Long> numbersOfJobEvents(String stream) {
    List<Long> numbers = new ArrayList<>();
    for (String event : stream.split("\n\n")) {
      if (event.contains("event:job") || event.contains("event: job")) {
        event
            .lines()
            .filter(line -> line.startsWith("id:"))
            .map(line -> Long.parseLong(line.substring(3).strip()))
            .filter(number -> number > 0)
            .forEach(numbers::add);
      }
    }
    return numbers;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + key);
  }

  /** Gets the body as text, whatever it is. */
  String text(String path, Duration timeout) {
    return text(path, timeout, line -> {});
  }

  /**
   * Gets the body as text.
   *
   * @param timeout to the first byte
   * @param watcher sees each line as it arrives
   */
  String text(String path, Duration timeout, Consumer<String> watcher) {
    HttpRequest get = request(path).timeout(timeout).GET().build();
    try (Stream<String> lines = CLIENT.send(get, HttpResponse.BodyHandlers.ofLines()).body()) {
      return lines.peek(watcher).map(line -> line + "\n").collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Gets the body as it is; null where there is none with the status 200. */
  byte @Nullable [] bytes(String path) {
    try {
      HttpResponse<byte[]> response =
          CLIENT.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() == 200 ? response.body() : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      String body = response.body();
      return new Answer(
          response.statusCode(),
          body.isBlank() ? Platform.JSON.nullNode() : Platform.JSON.readTree(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
