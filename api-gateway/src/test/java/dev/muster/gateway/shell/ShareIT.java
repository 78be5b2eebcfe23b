package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that open results without a key, and every attack on them that is written down. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class ShareIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OTHER = "msh_" + "A".repeat(43);

  @Inject Secrets secrets;
  private Client client;
  private EndedJobs jobs;
  private JobId job;

  @BeforeEach
  void endAJob() throws Exception {
    client = Client.withFirstKey();
    jobs = new EndedJobs(client);
    client.put("/api/v1/tenants/default/plan", "{\"plan\":\"free\"}");
    job = ended();
  }

  @AfterEach
  void close() {
    jobs.close();
  }

  @Test
  void linkOpensThePackageWithoutAKeyAndEveryDownloadIsCounted() throws Exception {
    JsonNode link = shared("{\"expires\":\"12h\"}");
    String url = link.get("url").asText();

    HttpResponse<String> archive = open(url);
    assertThat(archive.statusCode()).as(archive.body()).isEqualTo(200);
    assertThat(archive.headers().firstValue("Content-Disposition").orElse(""))
        .contains("attachment")
        .contains("output.zip");
    assertThat(open(url + "/output.sha256").body()).endsWith("  output.zip\n");
    assertThat(open(url + "/manifest.json").statusCode()).isEqualTo(200);
    assertThat(open(url + "/manifest.json.sig").statusCode()).isEqualTo(200);
    HttpResponse<String> rest = send("GET", url, "Range", "bytes=10-");
    assertThat(rest.statusCode()).isEqualTo(206);
    assertThat(send("HEAD", url).statusCode()).isEqualTo(200);

    JsonNode now = json(link);
    assertThat(now.get("downloads").asInt()).isEqualTo(4);
    assertThat(now.get("scope").asText()).isEqualTo("package");
    assertThat(now.get("status").asText()).isEqualTo("active");
    assertThat(now.get("url").isNull()).as("the secret is shown once").isTrue();
    assertThat(now.get("events"))
        .extracting(event -> event.get("kind").asText())
        .containsExactly("created", "downloaded", "downloaded", "downloaded", "downloaded");
    assertThat(now.at("/events/1/address").asText()).isEqualTo("127.0.0.1");
    assertThat(now.at("/events/0/key").asText()).isNotEmpty();
    Instant expires = Instant.parse(now.get("expires_at").asText());
    assertThat(Duration.between(Instant.parse(now.get("created_at").asText()), expires))
        .isBetween(Duration.ofHours(12).minusSeconds(5), Duration.ofHours(12).plusSeconds(5));
  }

  @Test
  void onlyAHashOfTheSecretIsKept() throws Exception {
    String token = shared("{}").get("url").asText().substring("/shared/".length());

    assertThat(
            GatewayRows.text(
                "SELECT count(*) FROM gateway.share s, gateway.share_event e"
                    + " WHERE strpos(s::text, ?) + strpos(e::text, ?) > 0",
                token,
                token))
        .isEqualTo("0");
    assertThat(token).hasSize(47);
  }

  @Test
  void lifeIsSevenDaysWhereNothingIsSaidAndEndsWithTheResults() throws Exception {
    for (String body : List.of("{}", "{\"expires\":\"30d\"}")) {
      Instant expires = Instant.parse(shared(body).get("expires_at").asText());
      JsonNode about =
          JSON.readTree(client.get("/api/v1/jobs/" + job.external() + "/package").body());
      assertThat(expires).isEqualTo(Instant.parse(about.get("expires_at").asText()));
    }
  }

  /** S-240. */
  @Test
  void guessedLinksAreUnknownAndThenSlowedDown() throws Exception {
    // From an address of its own, so that it slows nobody else down.
    HttpClient stranger =
        HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.0.2")).build();
    HttpRequest guessed = HttpRequest.newBuilder(client.uri("/shared/" + OTHER)).build();
    assertThat(open("/shared/" + OTHER).statusCode()).isEqualTo(404);
    for (String guess : List.of("x", "msh_", "%00", "..%2f", "msh_" + "A".repeat(3_000))) {
      assertThat(open("/shared/" + guess).statusCode()).as(guess).isIn(400, 404, 414);
    }
    int slowed = 0;
    for (int i = 0; i < 400 && slowed == 0; i++) {
      HttpResponse<String> answer = stranger.send(guessed, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 429) {
        slowed++;
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      } else {
        assertThat(answer.statusCode()).isEqualTo(404);
      }
      assertThat(answer.body()).doesNotContain(OTHER);
    }
    assertThat(slowed).isOne();
    assertThat(open(shared("{}").get("url").asText()).statusCode())
        .as("a link from another address")
        .isEqualTo(200);
    stranger.close();
  }

  /** S-241. */
  @ParameterizedTest
  @CsvSource({
    "UPDATE gateway.share SET expires_at = now() - interval '1 second' WHERE id = ?,410",
    "UPDATE gateway.share SET revoked_at = now() WHERE id = ?,404"
  })
  void expiredAndRevokedLinksOpenNothing(String sql, int status) throws Exception {
    JsonNode link = shared("{}");

    GatewayRows.update(sql, link.get("share_id").asText());

    HttpResponse<String> answer = open(link.get("url").asText());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).doesNotContain(link.get("url").asText().substring(12));
  }

  @Test
  void ownerRevokesALinkAtOnce() throws Exception {
    JsonNode link = shared("{}");
    assertThat(open(link.get("url").asText()).statusCode()).isEqualTo(200);

    assertThat(client.delete(path(link)).statusCode()).isEqualTo(204);
    assertThat(client.delete(path(link)).statusCode()).isEqualTo(204);

    assertThat(open(link.get("url").asText()).statusCode()).isEqualTo(404);
    JsonNode now = json(link);
    assertThat(now.get("status").asText()).isEqualTo("revoked");
    assertThat(now.get("events"))
        .extracting(event -> event.get("kind").asText())
        .containsExactly("created", "downloaded", "revoked");
  }

  /** S-242. */
  @Test
  void linkOfOneFileOpensThatFileAndNothingElse() throws Exception {
    JsonNode files = JSON.readTree(client.get("/api/v1/artifacts?job=" + job.external()).body());
    String file = files.at("/data/0/artifact_id").asText();
    String url = shared("{\"artifact_id\":\"" + file + "\"}").get("url").asText();
    String token = url.substring("/shared/".length());

    assertThat(open(url).body()).isEqualTo("weights");
    for (String tail : List.of("/output.zip", "/manifest.json", "/output.sha256", "/" + file)) {
      assertThat(open(url + tail).statusCode()).as(tail).isEqualTo(404);
    }
    for (String path :
        List.of(
            "/api/v1/artifacts/" + file,
            "/api/v1/jobs/" + job.external(),
            "/api/v1/jobs/" + job.external() + "/download",
            "/api/v1/jobs/" + job.external() + "/stream?ticket=" + token)) {
      assertThat(send("GET", path, "Authorization", "Bearer " + token).statusCode())
          .as(path)
          .isEqualTo(401);
    }
    assertThat(
            send(
                    "PUT",
                    "/api/v1/jobs/" + job.external() + "/cancel",
                    "Authorization",
                    "Bearer " + token)
                .statusCode())
        .isEqualTo(401);
    assertThat(send("DELETE", url).statusCode()).isEqualTo(405);
    JobId other = ended();
    assertThat(
            client
                .post(
                    "/api/v1/jobs/" + other.external() + "/shares",
                    "{\"artifact_id\":\"" + file + "\"}")
                .statusCode())
        .as("a file of another job")
        .isEqualTo(422);
  }

  /** S-243 and S-246. */
  @Test
  void linkIsToldToNobodyByTheBrowser() throws Exception {
    HttpResponse<String> answer = open(shared("{}").get("url").asText());

    assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(answer.headers().firstValue("X-Robots-Tag")).hasValue("noindex, nofollow");
    assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
  }

  /** S-244. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"31d\"",
        "\"-1d\"",
        "\"0d\"",
        "\"1000000000000d\"",
        "\"7\"",
        "\"7w\"",
        "\"\"",
        "\" 7d\"",
        "7",
        "\"1e3d\"",
        "\"7d \"",
        "\"721h\"",
        "\"43201m\""
      })
  void lifeThatIsNoneIsRefused(String expires) throws Exception {
    HttpResponse<String> answer =
        client.post("/api/v1/jobs/" + job.external() + "/shares", "{\"expires\":" + expires + "}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(JSON.readTree(answer.body()).at("/errors/0/pointer").asText()).isEqualTo("/expires");
  }

  /** S-245. */
  @Test
  void linkEndsWithTheResultsItOpens() throws Exception {
    String url = shared("{}").get("url").asText();
    assertThat(open(url).statusCode()).isEqualTo(200);

    client.delete("/api/v1/jobs/" + job.external());

    assertThat(open(url).statusCode()).isEqualTo(404);
    assertThat(client.post("/api/v1/jobs/" + job.external() + "/shares", "{}").statusCode())
        .isEqualTo(410);
  }

  /** S-245: whoever made it is out. */
  @Test
  void linkEndsWithTheKeyThatMadeIt() throws Exception {
    JsonNode key =
        JSON.readTree(client.post("/api/v1/keys", "{\"scopes\":[\"read\",\"write\"]}").body());
    Client member = new Client(key.get("key").asText());
    String url =
        JSON.readTree(member.post("/api/v1/jobs/" + job.external() + "/shares", "{}").body())
            .get("url")
            .asText();
    assertThat(open(url).statusCode()).isEqualTo(200);

    client.delete("/api/v1/keys/" + key.get("key_id").asText());

    assertThat(open(url).statusCode()).isEqualTo(404);
  }

  @Test
  void linksAreOfAnEndedJobOfTheCallerAndNeedTheScopeToWrite() throws Exception {
    JobId running = jobs.submitted(1);
    assertThat(client.post("/api/v1/jobs/" + running.external() + "/shares", "{}").statusCode())
        .isEqualTo(425);
    JsonNode key = JSON.readTree(client.post("/api/v1/keys", "{\"scopes\":[\"read\"]}").body());
    Client reader = new Client(key.get("key").asText());
    assertThat(reader.post("/api/v1/jobs/" + job.external() + "/shares", "{}").statusCode())
        .isEqualTo(403);
    assertThat(
            client
                .get(
                    "/api/v1/jobs/"
                        + running.external()
                        + "/shares/"
                        + shared("{}").get("share_id").asText())
                .statusCode())
        .as("a link of another job")
        .isEqualTo(404);
    assertThat(
            JSON.readTree(client.get("/api/v1/jobs/" + job.external() + "/shares?limit=1").body())
                .get("data"))
        .hasSize(1);
  }

  private JobId ended() throws Exception {
    JobId made = jobs.submitted(1);
    jobs.leaves(secrets, made, 0, "model.bin", "weights".getBytes());
    jobs.task(made, 0, "SUCCEEDED", "{}");
    jobs.ended(made, "COMPLETED", 1, 1, Instant.now());
    return made;
  }

  private JsonNode shared(String body) throws Exception {
    HttpResponse<String> answer = client.post("/api/v1/jobs/" + job.external() + "/shares", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private String path(JsonNode link) {
    return "/api/v1/jobs/" + job.external() + "/shares/" + link.get("share_id").asText();
  }

  private JsonNode json(JsonNode link) throws Exception {
    return JSON.readTree(client.get(path(link)).body());
  }

  private HttpResponse<String> open(String path) {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(client.uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Client.send(request.build());
  }
}
