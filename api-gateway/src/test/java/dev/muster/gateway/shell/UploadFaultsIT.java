package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that tear, and gateways that die under them: R-31 on a gateway as its own process. */
class UploadFaultsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PART = 1_000_000;
  private static final int SIZE = 2_500_000;

  /** How much passes through the heap of 192 MiB; {@code TRANSFER_MIB} asks for more. */
  private static final int TRANSFER_MIB =
      Integer.parseInt(System.getenv().getOrDefault("TRANSFER_MIB", "640"));

  @TempDir Path folder;
  private GatewayProcess gateway;
  private Client client;
  private String key = "";
  private String tenant = "";

  @BeforeEach
  void start() throws Exception {
    gateway = another();
    tenant = "faults-" + Long.toHexString(new Random().nextLong() & 0xFFFFFFFFFFL);
    key = GatewayRows.key(tenant, "read,write");
    client = gateway.as(key);
  }

  @AfterEach
  void stop() throws InterruptedException {
    gateway.close();
  }

  private GatewayProcess another() throws IOException {
    return GatewayProcess.start(
        Map.of(
            "gateway.store.folder",
            folder.resolve("store").toString(),
            "gateway.store.part-bytes",
            Integer.toString(PART),
            "gateway.store.abandoned-after",
            "2s",
            "gateway.store.collect-every",
            "200ms"));
  }

  private void killAndStartAnother() throws Exception {
    gateway.kill();
    gateway = another();
    client = gateway.as(key);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.5, 0.999})
  void tornUploadIsNeverListedAndTheNextTryWorks(double part) throws Exception {
    byte[] bytes = random(SIZE);

    tear(bytes, (int) (bytes.length * part));

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(files()).as("files in the store").isZero());
    assertThat(listed()).isEmpty();
    assertThat(upload(bytes).statusCode()).isEqualTo(201);
    assertThat(listed()).hasSize(1);
    assertThat(fetched(listed().get(0))).isEqualTo(bytes);
  }

  @Test
  void gatewayThatIsKilledDuringAnUploadLeavesNothingToSee() throws Exception {
    byte[] bytes = random(SIZE);
    try (Socket socket = begun(bytes, SIZE / 2)) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> files() > 0);
      killAndStartAnother();
      assertThat(socket.isConnected()).isTrue();
    }

    assertThat(listed()).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(files()).as("files in the store").isZero());
    assertThat(upload(bytes).statusCode()).isEqualTo(201);
    assertThat(listed()).hasSize(1);
  }

  @Test
  void partsThatWereAnsweredSurviveTheGatewayAndTheUploadGoesOn() throws Exception {
    byte[] bytes = random(SIZE);
    JsonNode begun =
        JSON.readTree(
            client
                .post("/api/v1/artifacts/uploads", "{\"filename\":\"f\",\"size\":" + SIZE + "}")
                .body());
    String path = "/api/v1/artifacts/uploads/" + begun.get("upload_id").asText();
    assertThat(part(path, 1, bytes)).isEqualTo(200);
    assertThat(part(path, 3, bytes)).isEqualTo(200);

    killAndStartAnother();

    assertThat(JSON.readTree(client.get(path).body()).get("parts_present").toString())
        .isEqualTo("[1,3]");
    assertThat(listed()).isEmpty();
    assertThat(part(path, 2, bytes)).isEqualTo(200);
    assertThat(client.post(path + "/complete", "{}").statusCode()).isEqualTo(201);
    assertThat(listed()).hasSize(1);
    assertThat(fetched(listed().get(0))).isEqualTo(bytes);
  }

  @Test
  void storeThatCannotBeWrittenIsToldAndLosesNothing() throws Exception {
    byte[] bytes = random(SIZE);
    Path incoming = folder.resolve("store/incoming");
    Files.move(incoming, folder.resolve("away"));
    Files.createFile(incoming);

    HttpResponse<String> refused = upload(bytes);

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("store-unavailable");
    assertThat(listed()).isEmpty();
    Files.delete(incoming);
    Files.move(folder.resolve("away"), incoming);
    assertThat(upload(bytes).statusCode()).isEqualTo(201);
  }

  /** The gateway has a heap of 192 MiB here, several times less than passes through it. */
  @Test
  void fileLargerThanTheHeapGoesUpAndDown() throws Exception {
    long size = TRANSFER_MIB * 1024L * 1024;
    MessageDigest sent = sha256();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout(600_000);
      OutputStream out = socket.getOutputStream();
      out.write(head(size));
      byte[] buffer = random(1024 * 1024);
      for (long left = size; left > 0; left -= buffer.length) {
        buffer[(int) (left / buffer.length) % buffer.length]++;
        sent.update(buffer);
        out.write(buffer);
      }
      out.flush();
      byte[] status = socket.getInputStream().readNBytes(12);
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 201");
    }
    String digest = HexFormat.of().formatHex(sent.digest());

    JsonNode artifact = listed().get(0);
    MessageDigest came = sha256();
    HttpResponse<InputStream> answer =
        Client.stream(
            client
                .request(artifact.get("download_url").asText())
                .timeout(Duration.ofMinutes(10))
                .build());
    try (InputStream in = new DigestInputStream(answer.body(), came)) {
      in.transferTo(OutputStream.nullOutputStream());
    }

    assertThat(artifact.get("sha256").asText()).isEqualTo(digest);
    assertThat(HexFormat.of().formatHex(came.digest())).isEqualTo(digest);
  }

  private byte[] head(long size) {
    return ("POST /api/v1/artifacts HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
            + key
            + "\r\nContent-Type: application/octet-stream\r\nX-Artifact-Filename: f\r\n"
            + "Content-Length: "
            + size
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private Socket begun(byte[] bytes, int count) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    OutputStream out = socket.getOutputStream();
    out.write(head(bytes.length));
    out.write(bytes, 0, count);
    out.flush();
    return socket;
  }

  /** Sends some of the bytes and closes the connection. */
  private void tear(byte[] bytes, int count) throws IOException {
    begun(bytes, count).close();
  }

  private HttpResponse<String> upload(byte[] bytes) {
    return Client.send(
        client
            .request("/api/v1/artifacts")
            .header("Content-Type", "application/octet-stream")
            .header("X-Artifact-Filename", "f")
            .POST(BodyPublishers.ofByteArray(bytes))
            .build());
  }

  private int part(String path, int number, byte[] bytes) {
    return Client.send(
            client
                .request(path + "/parts/" + number)
                .header("Content-Type", "application/octet-stream")
                .PUT(
                    BodyPublishers.ofByteArray(
                        Arrays.copyOfRange(
                            bytes, (number - 1) * PART, Math.min(number * PART, bytes.length))))
                .build())
        .statusCode();
  }

  private JsonNode listed() throws IOException {
    return JSON.readTree(client.get("/api/v1/artifacts").body()).get("data");
  }

  private byte[] fetched(JsonNode artifact) {
    return Client.sendForBytes(client.request(artifact.get("download_url").asText()).GET().build())
        .body();
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      return all.filter(Files::isRegularFile).count();
    } catch (UncheckedIOException e) {
      return 1; // one went while they were counted
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static MessageDigest sha256() throws Exception {
    return MessageDigest.getInstance("SHA-256");
  }
}
