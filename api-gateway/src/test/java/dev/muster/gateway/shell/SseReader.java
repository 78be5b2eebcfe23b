package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads an event stream as a browser does. */
final class SseReader implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final InputStream in;
  private final BufferedReader lines;
  private JsonNode data = JSON.createObjectNode();
  private String lastId = "";

  /** An event of the stream: its name, its id and, for jobs, the state. */
  record Frame(String name, String id, String state) {}

  SseReader(HttpRequest request) throws Exception {
    HttpResponse<InputStream> answer =
        HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
    in = answer.body();
    assertThat(answer.statusCode())
        .as(() -> {
          try {
            return answer.statusCode() == 200
                ? ""
                : new String(in.readAllBytes(), StandardCharsets.UTF_8);
          } catch (java.io.IOException e) {
            return e.toString();
          }
        })
        .isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The next event with data. */
  Frame next() throws Exception {
    String name = "";
    String id = "";
    List<String> body = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        lastId = id.isEmpty() ? lastId : id;
        if (!name.isEmpty()) {
          data = JSON.readTree(String.join("\n", body));
          return new Frame(name, id, data.path("canonical_state").asText());
        }
        id = "";
        continue;
      }
      int colon = line.indexOf(':');
      String value = colon < 0 ? "" : line.substring(colon + 1);
      if (line.startsWith("event:")) {
        name = value;
      } else if (line.startsWith("id:")) {
        id = value;
      } else if (line.startsWith("data:")) {
        body.add(value);
      }
    }
    throw new IllegalStateException("Expected an event, but the stream ended");
  }

  /** The next event of this name. */
  Frame next(String name) throws Exception {
    Frame frame = next();
    while (!frame.name().equals(name)) {
      frame = next();
    }
    return frame;
  }

  /** Reads until an id without an event has said where this reader stands. */
  String mark() throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id:")) {
        lastId = line.substring(3);
        return lastId;
      }
    }
    throw new IllegalStateException("Expected an id, but the stream ended");
  }

  JsonNode data() {
    return data;
  }

  /** What a browser would send as Last-Event-ID. */
  String lastId() {
    return lastId;
  }

  boolean isAtEnd() throws Exception {
    return lines.readLine() == null;
  }

  @Override
  public void close() throws Exception {
    in.close();
  }
}
