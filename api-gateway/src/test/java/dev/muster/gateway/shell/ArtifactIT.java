package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest.Builder;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class ArtifactIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UPLOADS = "/api/v1/artifacts/uploads";

  private Client client;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  @Test
  void uploadedFileComesBackWholeAndInRanges() throws Exception {
    byte[] bytes = random(1, 3_000_000);
    JsonNode artifact = uploaded("data/set 1.bin", bytes);
    String path = artifact.get("download_url").asText();

    assertThat(artifact.get("sha256").asText()).isEqualTo(sha256(bytes));
    assertThat(artifact.get("size_bytes").asLong()).isEqualTo(bytes.length);
    HttpResponse<byte[]> whole = Client.sendForBytes(client.request(path).GET().build());
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(bytes);
    assertThat(whole.headers().firstValue("ETag")).hasValue("\"" + sha256(bytes) + "\"");
    assertThat(whole.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename*=UTF-8''set%201.bin");
    assertThat(whole.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    HttpResponse<byte[]> some = get(path, "Range", "bytes=1000000-1000099");
    assertThat(some.statusCode()).isEqualTo(206);
    assertThat(some.headers().firstValue("Content-Range"))
        .hasValue("bytes 1000000-1000099/3000000");
    assertThat(some.body()).isEqualTo(Arrays.copyOfRange(bytes, 1_000_000, 1_000_100));
    assertThat(get(path, "Range", "bytes=3000000-").statusCode()).isEqualTo(416);
    assertThat(get(path, "Range", "bytes=0-1,5-6").statusCode()).isEqualTo(416);
    assertThat(get(path, "If-None-Match", "\"" + sha256(bytes) + "\"").statusCode()).isEqualTo(304);
    assertThat(get(path, "Range", "bytes=0-9", "If-Range", "\"other\"").statusCode())
        .isEqualTo(200);
  }

  @Test
  void brokenDownloadGoesOnWhereItEnded() throws Exception {
    byte[] bytes = random(2, 500_000);
    String path = uploaded("resume.bin", bytes).get("download_url").asText();
    byte[] first = get(path, "Range", "bytes=0-249999").body();

    byte[] rest =
        get(path, "Range", "bytes=250000-", "If-Range", "\"" + sha256(bytes) + "\"").body();

    byte[] all = Arrays.copyOf(first, bytes.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    assertThat(sha256(all)).isEqualTo(sha256(bytes));
  }

  @Test
  void emptyFileIsAnArtifact() throws Exception {
    String path = uploaded("empty", new byte[0]).get("download_url").asText();

    HttpResponse<byte[]> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void wrongChecksumAndHostileNamesLeaveNothing() throws Exception {
    byte[] bytes = random(3, 1_000);
    HttpResponse<String> wrong =
        upload("wrong.bin", bytes, "X-Artifact-Sha256", sha256(random(4, 1)));
    assertThat(wrong.statusCode()).as(wrong.body()).isEqualTo(422);
    assertThat(code(wrong)).isEqualTo("checksum-mismatch");
    for (String name : List.of("../x", "/etc/passwd", "a/%2e%2e/b", "CON", "a%00b", "a%0Ab", ".")) {
      HttpResponse<String> answer = upload(name, bytes);
      assertThat(answer.statusCode()).as(name).isEqualTo(422);
      assertThat(code(answer)).isEqualTo("validation");
    }
    assertThat(listed("?name=wrong.bin")).isEmpty();
  }

  @Test
  void listIsPagedFilteredAndDeletedFilesLeaveIt() throws Exception {
    for (int i = 0; i < 5; i++) {
      uploaded("paged.bin", random(10 + i, 100));
    }
    JsonNode page = JSON.readTree(client.get("/api/v1/artifacts?name=paged.bin&limit=2").body());
    List<String> seen = new ArrayList<>();
    page.get("data").forEach(one -> seen.add(one.get("artifact_id").asText()));
    while (page.get("has_more").asBoolean()) {
      page =
          JSON.readTree(
              client
                  .get(
                      "/api/v1/artifacts?name=paged.bin&limit=2&cursor="
                          + page.get("next_cursor").asText())
                  .body());
      page.get("data").forEach(one -> seen.add(one.get("artifact_id").asText()));
    }
    assertThat(seen).hasSize(5).doesNotHaveDuplicates();

    String path = "/api/v1/artifacts/" + seen.getFirst();
    assertThat(Client.send(client.request(path).DELETE().build()).statusCode()).isEqualTo(204);
    assertThat(client.get(path).statusCode()).isEqualTo(404);
    assertThat(client.get(path + "/metadata").statusCode()).isEqualTo(404);
    assertThat(listed("?name=paged.bin")).hasSize(4);
    assertThat(client.get("/api/v1/artifacts/art_nobody").statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/artifacts?job=x").statusCode()).isEqualTo(422);
  }

  @Test
  void uploadInPartsIsListedOnlyWhenItIsWhole() throws Exception {
    byte[] bytes = random(5, 2_500_000);
    JsonNode upload = begun("parts.bin", bytes);
    String path = UPLOADS + "/" + upload.get("upload_id").asText();
    int part = upload.get("part_bytes").asInt();
    assertThat(part).isEqualTo(1_000_000);
    assertThat(upload.get("parts").asInt()).isEqualTo(3);

    assertThat(part(path, 3, bytes, part).statusCode()).isEqualTo(200);
    assertThat(part(path, 1, bytes, part).statusCode()).isEqualTo(200);
    HttpResponse<String> early = client.post(path + "/complete", "{}");
    assertThat(early.statusCode()).isEqualTo(409);
    assertThat(code(early)).isEqualTo("upload-incomplete");
    assertThat(listed("?name=parts.bin")).isEmpty();
    HttpResponse<String> torn =
        Client.send(put(path + "/parts/2", Arrays.copyOfRange(bytes, part, part + 10)).build());
    assertThat(code(torn)).isEqualTo("length-mismatch");
    assertThat(JSON.readTree(client.get(path).body()).get("parts_present").toString())
        .isEqualTo("[1,3]");
    assertThat(part(path, 2, bytes, part).statusCode()).isEqualTo(200);
    HttpResponse<String> done =
        client.post(path + "/complete", "{\"sha256\":\"" + sha256(bytes) + "\"}");

    assertThat(done.statusCode()).as(done.body()).isEqualTo(201);
    assertThat(get(JSON.readTree(done.body()).get("download_url").asText()).body())
        .isEqualTo(bytes);
    assertThat(client.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void uploadInPartsWithAnotherDigestIsNothing() throws Exception {
    byte[] bytes = random(6, 1_500_000);
    JsonNode upload = begun("forged.bin", bytes);
    String path = UPLOADS + "/" + upload.get("upload_id").asText();
    byte[] other = random(7, bytes.length);
    part(path, 1, other, 1_000_000);
    part(path, 2, other, 1_000_000);

    HttpResponse<String> answer = client.post(path + "/complete", "{}");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(code(answer)).isEqualTo("checksum-mismatch");
    assertThat(listed("?name=forged.bin")).isEmpty();
    assertThat(client.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void abortedUploadIsGone() throws Exception {
    String path = UPLOADS + "/" + begun("gone.bin", random(8, 10)).get("upload_id").asText();

    assertThat(Client.send(client.request(path).DELETE().build()).statusCode()).isEqualTo(204);

    assertThat(part(path, 1, random(8, 10), 10).statusCode()).isEqualTo(404);
    assertThat(client.post(path + "/complete", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void bodiesOfOtherPathsStayBounded() {
    HttpResponse<String> answer = client.post("/api/v1/jobs", " ".repeat(70_000_000) + "{}");

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  private JsonNode begun(String name, byte[] bytes) throws Exception {
    HttpResponse<String> answer =
        client.post(
            UPLOADS,
            "{\"filename\":\"%s\",\"size\":%d,\"sha256\":\"%s\"}"
                .formatted(name, bytes.length, sha256(bytes)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> part(String path, int number, byte[] all, int size) {
    int from = (number - 1) * size;
    byte[] bytes = Arrays.copyOfRange(all, from, Math.min(all.length, from + size));
    return Client.send(put(path + "/parts/" + number, bytes).build());
  }

  private Builder put(String path, byte[] bytes) {
    return client
        .request(path)
        .header("Content-Type", "application/octet-stream")
        .PUT(BodyPublishers.ofByteArray(bytes));
  }

  private JsonNode uploaded(String name, byte[] bytes) throws Exception {
    HttpResponse<String> answer = upload(name, bytes);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> upload(String name, byte[] bytes, String... headers) {
    Builder request =
        client
            .request("/api/v1/artifacts")
            .header("Content-Type", "application/octet-stream")
            .header("X-Artifact-Filename", name)
            .POST(BodyPublishers.ofByteArray(bytes));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Client.send(request.build());
  }

  private HttpResponse<byte[]> get(String path, String... headers) {
    Builder request = client.request(path).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Client.sendForBytes(request.build());
  }

  private List<String> listed(String query) throws Exception {
    List<String> ids = new ArrayList<>();
    JSON.readTree(client.get("/api/v1/artifacts" + query).body())
        .get("data")
        .forEach(one -> ids.add(one.get("artifact_id").asText()));
    return ids;
  }

  private static String code(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body()).get("code").asText();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
