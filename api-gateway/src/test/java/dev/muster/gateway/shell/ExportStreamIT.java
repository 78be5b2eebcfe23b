package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Exports that are larger than the gateway's memory, and readers that go away in the middle. The
 * gateway is a process of its own with a heap of 192 MiB.
 */
class ExportStreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JOBS = 3_000;

  /** With all jobs more than the heap. */
  private static final int PAYLOAD_CHARACTERS = 100_000;

  private static GatewayProcess gateway;
  private static String key;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    key = GatewayRows.key("exporter", "read");
    GatewayRows.update("DELETE FROM gateway.submission WHERE tenant = 'exporter'");
    String id = submitted();
    // Ids that differ in their end only, as many as are wanted, of the one that is there.
    GatewayRows.update(
        "INSERT INTO gateway.submission SELECT (jsonb_populate_record(s, jsonb_build_object("
            + "'job_id', substr(s.job_id, 1, 20) || lpad(upper(to_hex(i)), 6, '0'),"
            + "'payload', '{\"x\":\"' || repeat('y', "
            + PAYLOAD_CHARACTERS
            + ") || '\"}', 'created_at', s.created_at + i * interval '1 ms'))).*"
            + " FROM gateway.submission s, generate_series(1, "
            + (JOBS - 1)
            + ") AS i WHERE s.job_id = ?",
        id);
  }

  private static String submitted() throws Exception {
    String writer = GatewayRows.key("exporter", "read,write");
    return JSON.readTree(
            gateway.as(writer).post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}").body())
        .get("job_id")
        .asText()
        .substring("job_".length());
  }

  @AfterAll
  static void stop() throws Exception {
    GatewayRows.update("DELETE FROM gateway.submission WHERE tenant = 'exporter'");
    gateway.close();
  }

  @Test
  void exportThatIsLargerThanTheHeapComesWhole() throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection) gateway.as(key).uri("/api/v1/jobs/export").toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + key);
    int jobs = 0;
    long bytes = 0;
    try (InputStream in = connection.getInputStream();
        JsonParser parser = JSON.createParser(in)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        parser.skipChildren();
        jobs++;
      }
      bytes = parser.currentLocation().getByteOffset();
      assertThat(parser.nextToken()).as("nothing follows").isNull();
    }

    assertThat(jobs).isEqualTo(JOBS);
    assertThat(bytes).as("more than the heap").isGreaterThan(200L << 20);
    assertThat(gateway.as(key).get("/api/v1/jobs?limit=1").statusCode()).isEqualTo(200);
  }

  @Test
  void readersThatGoAwayLeaveNothingBehind() throws Exception {
    for (int i = 0; i < 40; i++) {
      readALittle(1 << (i % 20));
    }

    // Each would hold a connection of the database, of which there are eight, if it went on.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> gateway.as(key).get("/api/v1/jobs?limit=1").statusCode() == 200);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            GatewayRows.text(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'muster_gateway'"
                        + " AND state = 'active' AND query LIKE '%' || ? || '%'",
                    "FROM gateway.submission s LEFT JOIN")
                .equals("0"));
  }

  private static void readALittle(int bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/jobs/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + key
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readNBytes(bytes);
      socket.setSoLinger(true, 0); // a reset, as when a laptop is closed
    }
  }
}
