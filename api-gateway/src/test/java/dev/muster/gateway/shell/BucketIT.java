package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.artifact.ArtifactSweeper;
import dev.muster.gateway.shell.bucket.BucketSweeper;
import dev.muster.gateway.shell.bucket.Deletions;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.AttemptRight;
import dev.muster.kit.Database;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buckets by the API: exact quotas, folders of jobs, moves, deletions that go on. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class BucketIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STORAGE = "/api/v1/storage";
  private static Pool aggregator;

  @Inject Secrets secrets;
  @Inject Database database;
  @Inject Deletions deletions;
  @Inject BucketSweeper sweeper;
  @Inject ArtifactSweeper artifacts;
  private Client client;
  private String tenant = "";

  @BeforeAll
  static void connectAsAggregator() {
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    aggregator =
        PgBuilder.pool()
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .build();
  }

  @AfterAll
  static void close() {
    aggregator.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A tenant of its own for every test, so that sums are this test's alone. */
  @BeforeEach
  void connect() throws Exception {
    Client first = Client.withFirstKey();
    tenant = "bucket-" + Long.toHexString(new Random().nextLong() & 0xFFFFFFFFFFL);
    assertThat(first.post("/api/v1/tenants", "{\"tenant\":\"" + tenant + "\"}").statusCode())
        .isEqualTo(201);
    HttpResponse<String> key =
        first.post(
            "/api/v1/keys",
            "{\"tenant\":\"" + tenant + "\",\"scopes\":[\"read\",\"write\"],\"label\":\"t\"}");
    assertThat(key.statusCode()).as(key.body()).isEqualTo(201);
    client = new Client(JSON.readTree(key.body()).get("key").asText());
  }

  private JsonNode read(String path) throws Exception {
    HttpResponse<String> answer = client.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> write(String key, byte[] bytes) {
    return Client.send(
        client
            .request(STORAGE + "/object?key=" + key)
            .setHeader("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(bytes))
            .build());
  }

  private long used() throws Exception {
    return read(STORAGE).get("used_bytes").asLong();
  }

  private long sum() {
    return number("SELECT coalesce(sum(bytes), 0)::bigint AS n FROM gateway.object");
  }

  private long number(String select) {
    return database.transaction(
        tx -> tx.query(select + " WHERE tenant = $1", tenant).iterator().next().getLong("n"));
  }

  private void quota(long bytes) throws Exception {
    read(STORAGE);
    database.transaction(tx ->
        tx.update("UPDATE gateway.bucket SET quota_bytes = $2 WHERE tenant = $1", tenant, bytes));
  }

  @Test
  void objectIsWrittenReadListedAndDeleted() throws Exception {
    assertThat(write("data/a.txt", "hello".getBytes()).statusCode()).isEqualTo(201);
    assertThat(write("data/b/c.txt", "deep".getBytes()).statusCode()).isEqualTo(201);

    HttpResponse<String> part =
        Client.send(
            client
                .request(STORAGE + "/object?key=/data/a.txt")
                .setHeader("Range", "bytes=1-2")
                .GET()
                .build());
    JsonNode page = read(STORAGE + "/objects?prefix=data/&delimiter=/");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("el");
    assertThat(page.get("data").findValuesAsText("key")).containsExactly("data/a.txt");
    assertThat(page.get("folders").toString()).isEqualTo("[\"data/b/\"]");
    assertThat(used()).isEqualTo(9);
    assertThat(read("/api/users/storage/usage").get("used_bytes").asLong()).isEqualTo(9);
    assertThat(client.delete(STORAGE + "/object?key=data/a.txt").statusCode()).isEqualTo(204);
    assertThat(client.get(STORAGE + "/object?key=data/a.txt").statusCode()).isEqualTo(404);
    assertThat(used()).isEqualTo(4);
  }

  @Test
  void keysThatLeadElsewhereAndObjectsOfOthersAreRefused() throws Exception {
    write("mine", "x".getBytes());
    Client stranger = Client.withFirstKey();

    assertThat(stranger.get(STORAGE + "/object?key=mine").statusCode()).isEqualTo(404);
    assertThat(stranger.get(STORAGE + "/objects").body()).doesNotContain("mine");
    assertThat(write("a/../b", "x".getBytes()).statusCode()).isEqualTo(422);
    assertThat(write("%2e%2e/b", "x".getBytes()).statusCode()).isEqualTo(422);
  }

  @Test
  void sumNeverPassesTheQuotaByAByteWhileSixtyFourWrite() throws Exception {
    int size = 10_007;
    long quota = 40L * size + 5_000;
    quota(quota);
    AtomicInteger accepted = new AtomicInteger();
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        byte[] bytes = new byte[size];
        new Random(i).nextBytes(bytes);
        String key = "k" + i;
        writers.add(
            threads.submit(() -> {
              HttpResponse<String> answer = write(key, bytes);
              if (answer.statusCode() == 201) {
                accepted.incrementAndGet();
              } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
                assertThat(answer.body()).contains("quota-exceeded");
              }
              assertThat(sum()).isLessThanOrEqualTo(quota);
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }

    assertThat(accepted).hasValue(40);
    assertThat(used()).isEqualTo(40L * size).isEqualTo(sum());
    assertThat(write("last", new byte[5_001]).statusCode()).isEqualTo(403);
    assertThat(write("last", new byte[5_000]).statusCode()).isEqualTo(201);
    assertThat(used()).isEqualTo(quota);
  }

  @Test
  void adminGivesATenantAnotherQuota() throws Exception {
    Client admin = Client.withFirstKey();
    String path = "/api/v1/tenants/" + tenant + "/quota";

    HttpResponse<String> changed = admin.put(path, "{\"bucket_bytes_max\":10}");

    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(write("q/ten", new byte[10]).statusCode()).isEqualTo(201);
    assertThat(write("q/more", new byte[1]).statusCode()).isEqualTo(403);
    assertThat(JSON.readTree(client.get(path).body()).get("used_bytes").asLong()).isEqualTo(10);
    assertThat(client.put(path, "{\"bucket_bytes_max\":11}").statusCode()).isEqualTo(403);
    assertThat(admin.put(path, "{\"bucket_bytes_max\":-1}").statusCode()).isEqualTo(422);
    assertThat(admin.put(path, "{}").statusCode()).isEqualTo(422);
    assertThat(admin.put("/api/v1/tenants/nobody/quota", "{\"bucket_bytes_max\":1}").statusCode())
        .isEqualTo(404);
    assertThat(admin.put(path, "{\"bucket_bytes_max\":null}").statusCode()).isEqualTo(200);
    assertThat(write("q/more", new byte[1]).statusCode()).isEqualTo(201);
  }

  @Test
  void moveTakesNoRoomAndWritesNothingOver() throws Exception {
    write("a/1", "one".getBytes());
    write("a/2", "two".getBytes());
    write("b/2", "other".getBytes());

    assertThat(move("a/", "b/").statusCode()).isEqualTo(409);
    assertThat(move("a/", "c/").body()).isEqualTo("{\"moved\":2}");
    assertThat(move("c/1", "c/3").body()).isEqualTo("{\"moved\":1}");
    assertThat(move("nowhere", "x").statusCode()).isEqualTo(404);
    assertThat(move("c/", "c/d/").statusCode()).isEqualTo(422);

    assertThat(read(STORAGE + "/objects").get("data").findValuesAsText("key"))
        .containsExactly("b/2", "c/2", "c/3");
    assertThat(client.get(STORAGE + "/object?key=c/3").body()).isEqualTo("one");
    assertThat(used()).isEqualTo(11);
  }

  private HttpResponse<String> move(String from, String to) {
    return client.post(STORAGE + "/move", "{\"from\":\"" + from + "\",\"to\":\"" + to + "\"}");
  }

  @Test
  void deletionOfAHundredThousandObjectsGoesOnWhereItEnded() throws Exception {
    write("keep/me", "kept".getBytes());
    write("big/0", "same".getBytes());
    fill(100_000);
    assertThat(used()).isEqualTo(100_001L * 4 + 4);

    Deletions.Deletion deletion = deletions.begin(tenant, "big/");
    for (int i = 0; i < 7; i++) {
      assertThat(deletions.step(deletion.id())).isTrue();
    }
    write("big/later", "stays".getBytes());
    assertThat(used()).isEqualTo((100_001L - 7_000) * 4 + 4 + 5).isEqualTo(sum());
    sweeper.sweep();

    JsonNode ended = read(STORAGE + "/deletions/" + deletion.id());
    assertThat(ended.get("deleted").asLong()).isEqualTo(100_001);
    assertThat(ended.get("bytes").asLong()).isEqualTo(100_001L * 4);
    assertThat(ended.get("done_at").isNull()).isFalse();
    assertThat(read(STORAGE + "/objects").get("data").findValuesAsText("key"))
        .containsExactly("big/later", "keep/me");
    assertThat(used()).isEqualTo(9).isEqualTo(sum());
  }

  /** Objects that share the bytes of {@code big/0}, each with its own reference. */
  private void fill(int count) {
    database.transaction(tx -> {
      tx.update(
          "WITH one AS (SELECT * FROM gateway.object WHERE tenant = $1 AND key = 'big/0'),"
              + " made AS (INSERT INTO gateway.object (tenant, key, id, sha256, bytes, content_type)"
              + " SELECT $1, 'big/x' || n, $1 || n, one.sha256, one.bytes, one.content_type"
              + " FROM one, generate_series(1, $2::int) n RETURNING id, sha256)"
              + " INSERT INTO gateway.blob_ref (owner, blob_id) SELECT 'object/' || made.id, b.id"
              + " FROM made JOIN gateway.blob b ON b.tenant = $1 AND b.sha256 = made.sha256",
          tenant,
          count);
      return tx.update(
          "UPDATE gateway.bucket SET used_bytes = used_bytes + 4 * $2::bigint WHERE tenant = $1",
          tenant,
          (long) count);
    });
  }

  @Test
  void folderIsDeletedByOneRequest() throws Exception {
    write("jobs/x/files_out/log", "1".getBytes());
    write("jobs/x/model_out/m", "2".getBytes());
    write("jobs/xy", "3".getBytes());

    HttpResponse<String> answer = client.delete(STORAGE + "/folder?prefix=/jobs/x");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).get("deleted").asInt()).isEqualTo(2);
    assertThat(read(STORAGE + "/objects").get("data").findValuesAsText("key"))
        .containsExactly("jobs/xy");
    assertThat(client.delete(STORAGE + "/folder?prefix=/").statusCode()).isEqualTo(422);
  }

  @Test
  void whatASucceededTaskLeavesIsInTheFolderOfItsJobAndOfNoOther() throws Exception {
    write("jobs/taken/mine", "user".getBytes());
    JobId first = job("My Run!");
    JobId second = job("my run");
    JobId third = job("taken");
    leave(first, "files_out/training_log.txt", "log of the first");
    leave(second, "files_out/training_log.txt", "log of the second");
    leave(third, "model_out/checkpoint.pt", "weights");
    leave(third, "other.txt", "no output folder");
    assertThat(read(STORAGE + "/objects").get("data")).hasSize(1);

    succeed(first);
    succeed(second);
    succeed(third);

    assertThat(read(STORAGE + "/objects").get("data").findValuesAsText("key"))
        .containsExactly(
            "jobs/myrun-2/files_out/training_log.txt",
            "jobs/myrun/files_out/training_log.txt",
            "jobs/taken-2/model_out/checkpoint.pt",
            "jobs/taken/mine");
    assertThat(client.get(STORAGE + "/object?key=jobs/myrun/files_out/training_log.txt").body())
        .isEqualTo("log of the first");
    assertThat(read(STORAGE + "/jobs/" + second.external()).get("folder").asText())
        .isEqualTo("jobs/myrun-2/");
    assertThat(used()).isEqualTo(sum());
  }

  @Test
  void whatALostAttemptLeftTakesNoRoomAndIsNoObject() throws Exception {
    quota(10);
    JobId job = job("lost");
    leave(job, "files_out/a", "12345678");
    assertThat(used()).isEqualTo(8);

    assertThat(put(job, 2, "files_out/b", "12345678").statusCode()).isEqualTo(403);
    task(job, "FAILED", 1);
    artifacts.sweep();

    assertThat(used()).isZero();
    assertThat(read(STORAGE + "/objects").get("data")).isEmpty();
  }

  @Test
  void urlForOneObjectHoldsAsLongAsItSays() throws Exception {
    JsonNode write = presigned("up/load.bin", "PUT");
    HttpResponse<String> put =
        Client.send(
            HttpRequest.newBuilder(URI.create(write.get("url").asText()))
                .timeout(Duration.ofSeconds(20))
                .PUT(BodyPublishers.ofString("by url"))
                .build());
    JsonNode read = presigned("up/load.bin", "GET");

    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    assertThat(
            Client.send(
                    HttpRequest.newBuilder(URI.create(read.get("url").asText()))
                        .timeout(Duration.ofSeconds(20))
                        .build())
                .body())
        .isEqualTo("by url");
    assertThat(life(write)).isBetween(Duration.ofMinutes(12), Duration.ofMinutes(15));
    assertThat(life(read)).isBetween(Duration.ofMinutes(57), Duration.ofMinutes(60));
    assertThat(write.get("url").asText()).contains("X-Amz-Expires=900");
    assertThat(
            Client.send(
                    HttpRequest.newBuilder(URI.create(read.get("url").asText()))
                        .timeout(Duration.ofSeconds(20))
                        .PUT(BodyPublishers.ofString("x"))
                        .build())
                .statusCode())
        .isEqualTo(403);
  }

  private static Duration life(JsonNode url) {
    return Duration.between(Instant.now(), Instant.parse(url.get("expires_at").asText()));
  }

  private JsonNode presigned(String key, String method) throws Exception {
    HttpResponse<String> answer =
        client.post(
            STORAGE + "/presign", "{\"key\":\"" + key + "\",\"method\":\"" + method + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  @Test
  void keysOfClientsAreShownOnceAndEndAtOnce() throws Exception {
    HttpResponse<String> made = client.post(STORAGE + "/keys", "{\"label\":\"laptop\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode key = JSON.readTree(made.body());
    assertThat(key.get("secret_access_key").asText()).hasSizeGreaterThan(32);

    String listed = client.get(STORAGE + "/keys").body();
    String id = key.get("access_key_id").asText();

    assertThat(listed).contains(id).doesNotContain(key.get("secret_access_key").asText());
    assertThat(client.delete(STORAGE + "/keys/" + id).statusCode()).isEqualTo(204);
    assertThat(client.delete(STORAGE + "/keys/" + id).statusCode()).isEqualTo(404);
    assertThat(client.get(STORAGE + "/keys").body()).doesNotContain(id);
  }

  private JobId job(String name) throws Exception {
    HttpResponse<String> answer =
        client.post(
            "/api/v1/jobs", "{\"runner_command\":[\"true\"],\"client_ref\":\"" + name + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
  }

  private void leave(JobId job, String name, String text) {
    HttpResponse<String> left = put(job, 1, name, text);
    assertThat(left.statusCode()).as(left.body()).isEqualTo(200);
  }

  private HttpResponse<String> put(JobId job, int attempt, String name, String text) {
    String right =
        new AttemptRight(new AttemptRef(job, 0, attempt, attempt), Instant.now().plusSeconds(60))
            .signed(secrets.jobKey(job));
    return Client.send(
        client
            .request("/worker/v1/artifacts?name=" + name)
            .setHeader("Authorization", "Attempt " + right)
            .setHeader("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofString(text))
            .build());
  }

  private void succeed(JobId job) {
    task(job, "SUCCEEDED", 1);
  }

  private void task(JobId job, String state, int attempt) {
    aggregator
        .preparedQuery(
            "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch)"
                + " VALUES ($1, 0, $2, $3, $4)")
        .execute(Tuple.of(job.value(), state, attempt, (long) attempt))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
