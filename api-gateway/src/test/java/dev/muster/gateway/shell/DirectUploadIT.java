package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are announced by their digest. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class DirectUploadIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final byte[] bytes = new byte[300_000];
  private Client client;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
    new Random().nextBytes(bytes);
  }

  @Test
  void announcedBytesComeOnceAndOnlyThose() throws Exception {
    HttpResponse<String> announced = announce("a.bin", sha256(bytes));
    assertThat(announced.statusCode()).as(announced.body()).isEqualTo(200);
    String url = JSON.readTree(announced.body()).get("upload_url").asText();
    byte[] others = bytes.clone();
    others[7]++;

    assertThat(put(url, others).statusCode()).isEqualTo(422);
    assertThat(put(url, new byte[] {1}).statusCode()).isEqualTo(422);
    assertThat(listed("a.bin")).isEmpty();
    HttpResponse<String> put = put(url, bytes);
    assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
    assertThat(put(url, bytes).body()).isEqualTo(put.body());
    assertThat(listed("a.bin")).hasSize(1);

    HttpResponse<String> known = announce("b.bin", sha256(bytes));
    assertThat(known.statusCode()).isEqualTo(201);
    JsonNode artifact = JSON.readTree(known.body()).get("artifact");
    assertThat(
            Client.sendForBytes(client.request(artifact.get("download_url").asText()).GET().build())
                .body())
        .isEqualTo(bytes);
  }

  @Test
  void changedUrlTakesNothing() throws Exception {
    String url = JSON.readTree(announce("c.bin", sha256(bytes)).body()).get("upload_url").asText();
    int dot = url.lastIndexOf('.');

    assertThat(put(url.substring(0, dot + 1) + "0".repeat(64), bytes).statusCode()).isEqualTo(401);
    assertThat(put(url.substring(0, dot), bytes).statusCode()).isEqualTo(401);
    assertThat(put("/upload/v1/x" + url.substring("/upload/v1/".length()), bytes).statusCode())
        .isEqualTo(401);
    assertThat(listed("c.bin")).isEmpty();
  }

  @Test
  void announcementNamesWhatIsWrong() throws Exception {
    assertThat(announce("../x", sha256(bytes)).body()).contains("/filename");
    assertThat(client.post("/api/v1/artifacts/direct", "{\"filename\":\"x\",\"size\":1}").body())
        .contains("/sha256");
  }

  private HttpResponse<String> announce(String name, String digest) {
    return client.post(
        "/api/v1/artifacts/direct",
        "{\"filename\":\""
            + name
            + "\",\"size\":"
            + bytes.length
            + ",\"sha256\":\""
            + digest
            + "\"}");
  }

  /** Without a key: the URL is the right. */
  private HttpResponse<String> put(String url, byte[] body) {
    return Client.send(
        HttpRequest.newBuilder(client.uri(url))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(body))
            .build());
  }

  private JsonNode listed(String name) throws Exception {
    return JSON.readTree(client.get("/api/v1/artifacts?name=" + name).body()).get("data");
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
