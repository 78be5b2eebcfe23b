package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Result packages, judged by unzip, GNU sha256sum and OpenSSL. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class PackageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] MODEL = random(1, 300_000);

  @Inject Secrets secrets;
  @TempDir Path folder;
  private Client client;
  private EndedJobs jobs;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
    jobs = new EndedJobs(client);
  }

  @AfterEach
  void close() {
    jobs.close();
  }

  @Test
  void archiveHasExactlyTheLayoutAndTheContents() throws Exception {
    JobId job = oneTaskWithAFile();

    download(job);

    String root = job.external() + "/";
    assertThat(run("unzip", "-Z1", "output.zip").lines())
        .containsExactly(
            root,
            root + "output.json",
            root + "result.txt",
            root + "logs/",
            root + "logs/stdout.log",
            root + "logs/stderr.log",
            root + "artifacts/",
            root + "artifacts/out/model.bin");
    run("unzip", "-t", "output.zip");
    try (ZipFile zip = new ZipFile(folder.resolve("output.zip").toFile())) {
      assertThat(zip.size()).as("what Java's own reader finds").isEqualTo(8);
    }
    run("unzip", "-q", "output.zip");
    assertThat(folder.resolve(root + "artifacts/out/model.bin")).hasBinaryContent(MODEL);
    assertThat(folder.resolve(root + "result.txt")).hasContent("{ \"loss\": 0.250 }");
    assertThat(folder.resolve(root + "logs/stdout.log")).hasContent("hello\n");
    JsonNode metadata = JSON.readTree(folder.resolve(root + "output.json").toFile());
    assertThat(metadata.at("/job/status").asText()).isEqualTo("completed");
    assertThat(metadata.at("/aggregate_result/loss").asDouble()).isEqualTo(0.25);
  }

  @Test
  void gnuSha256sumAndOpensslAcceptWhatWasDownloaded() throws Exception {
    JobId job = oneTaskWithAFile();

    download(job);

    assertThat(run("sha256sum", "-c", "output.sha256")).isEqualTo("output.zip: OK\n");
    Files.write(
        folder.resolve("signature"),
        Base64.getDecoder().decode(Files.readString(folder.resolve("manifest.json.sig")).strip()));
    JsonNode keys = JSON.readTree(client.get("/api/v1/signing-keys").body()).get("data");
    Files.writeString(folder.resolve("key.pem"), keys.get(0).get("public_key").asText());
    run(
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "manifest.json",
        "-sigfile",
        "signature");
    JsonNode manifest = JSON.readTree(folder.resolve("manifest.json").toFile());
    run("unzip", "-q", "output.zip");
    assertThat(manifest.get("files")).hasSize(5);
    for (JsonNode file : manifest.get("files")) {
      byte[] bytes = Files.readAllBytes(folder.resolve(file.get("name").asText()));
      assertThat(file.get("size_bytes").asLong()).isEqualTo(bytes.length);
      assertThat(file.get("sha256").asText()).isEqualTo(sha256(bytes));
    }
  }

  @Test
  void everyDownloadIsTheSameBytesAndRangesGoOn() throws Exception {
    JobId job = oneTaskWithAFile();
    String path = "/api/v1/jobs/" + job.external() + "/download";

    List<Callable<byte[]>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(() -> get(path).body());
    }
    byte[] whole = get(path).body();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<byte[]> one : pool.invokeAll(calls)) {
        assertThat(one.get()).isEqualTo(whole);
      }
    }
    // What is told of a task later changes nothing that was built.
    jobs.execute(
        "UPDATE aggregator.task_output SET head = 'late' WHERE job_id = $1",
        io.vertx.sqlclient.Tuple.of(job.value()));
    HttpResponse<byte[]> rest = get(path, "Range", "bytes=1000-", "If-Range", etag(path));

    assertThat(rest.statusCode()).isEqualTo(206);
    assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(whole, 1_000, whole.length));
    JsonNode about =
        JSON.readTree(client.get("/api/v1/jobs/" + job.external() + "/package").body());
    assertThat(about.get("sha256").asText()).isEqualTo(sha256(whole));
    assertThat(about.get("size_bytes").asLong()).isEqualTo(whole.length);
    assertThat(about.get("files").asInt()).isEqualTo(5);
  }

  @Test
  void partOfACancelledAndOfAFailedJobIsPackedToo() throws Exception {
    for (String state : List.of("CANCELLED", "FAILED", "PARTIAL")) {
      JobId job = jobs.submitted(3);
      jobs.leaves(secrets, job, 0, "part.bin", MODEL);
      jobs.leaves(secrets, job, 1, "lost.bin", MODEL);
      jobs.task(job, 0, "SUCCEEDED", "{\"n\":0}");
      jobs.task(job, 1, "FAILED", null);
      jobs.output(job, 1, "half a line");
      jobs.output(job, 2, "wrong\nanother");
      jobs.errors(job, 2, "wrong\n".length());
      jobs.ended(job, state, 3, 1, Instant.now().minusSeconds(5));

      download(job);

      String root = job.external() + "/";
      assertThat(run("unzip", "-Z1", "output.zip").lines())
          .contains(root + "artifacts/task-0/part.bin")
          .noneMatch(name -> name.contains("lost.bin"));
      assertThat(run("unzip", "-p", "output.zip", root + "result.txt"))
          .isEqualTo(
              """
              {"task":0,"status":"succeeded","result":{"n":0},"error_code":null,"error":null}
              {"task":1,"status":"failed","result":null,"error_code":null,"error":null}
              """);
      assertThat(run("unzip", "-p", "output.zip", root + "logs/stdout.log"))
          .isEqualTo("==> task 1 <==\nhalf a line\n==> task 2 <==\nanother\n");
      assertThat(run("unzip", "-p", "output.zip", root + "logs/stderr.log"))
          .isEqualTo("==> task 2 <==\nwrong\n");
    }
  }

  @Test
  void packageOfAJobWithFilesIsBuiltWithoutBeingAskedFor() throws Exception {
    JobId job = oneTaskWithAFile();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            "1"
                .equals(
                    GatewayRows.text(
                        "SELECT count(*) FROM gateway.result_package WHERE job_id = ?",
                        job.value())));
    assertThat(
            GatewayRows.text(
                "SELECT count(*) FROM gateway.package_due WHERE job_id = ?", job.value()))
        .isEqualTo("0");
  }

  @Test
  void jobThatHasNotEndedIsTooEarlyAndAnothersIsUnknown() throws Exception {
    JobId job = jobs.submitted(1);
    HttpResponse<String> early = client.get("/api/v1/jobs/" + job.external() + "/download");
    assertThat(early.statusCode()).isEqualTo(425);
    assertThat(JSON.readTree(early.body()).get("detail").asText()).isEqualTo("job not ready");
    JobId ended = oneTaskWithAFile();
    assertThat(client.get(path(ended, "download/passwd")).statusCode()).isEqualTo(404);
    Client other = otherTenant();
    for (String tail : List.of("package", "download", "download/manifest.json")) {
      assertThat(other.get(path(ended, tail)).statusCode()).as(tail).isEqualTo(404);
      assertThat(client.get(path(ended, tail)).statusCode()).as(tail).isEqualTo(200);
    }
  }

  private Client otherTenant() throws Exception {
    String tenant = "other-" + System.nanoTime();
    client.post("/api/v1/tenants", "{\"tenant\":\"%s\"}".formatted(tenant));
    HttpResponse<String> key =
        client.post("/api/v1/keys", "{\"tenant\":\"%s\",\"scopes\":[\"read\"]}".formatted(tenant));
    assertThat(key.statusCode()).as(key.body()).isEqualTo(201);
    return new Client(JSON.readTree(key.body()).get("key").asText());
  }

  private static String path(JobId job, String tail) {
    return "/api/v1/jobs/" + job.external() + "/" + tail;
  }

  private JobId oneTaskWithAFile() throws Exception {
    JobId job = jobs.submitted(1);
    assertThat(jobs.leaves(secrets, job, 0, "out/model.bin", MODEL).statusCode()).isEqualTo(200);
    jobs.task(job, 0, "SUCCEEDED", "{ \"loss\": 0.250 }");
    jobs.output(job, 0, "hello\n");
    jobs.ended(job, "COMPLETED", 1, 1, Instant.now().minusSeconds(5));
    return job;
  }

  private void download(JobId job) throws IOException {
    for (String name :
        List.of("output.zip", "output.sha256", "manifest.json", "manifest.json.sig")) {
      HttpResponse<byte[]> answer = get(path(job, "download/" + name));
      assertThat(answer.statusCode()).as(name).isEqualTo(200);
      Files.write(folder.resolve(name), answer.body());
    }
  }

  private String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + out).isZero();
    return out;
  }

  private String etag(String path) {
    return get(path).headers().firstValue("ETag").orElseThrow();
  }

  private HttpResponse<byte[]> get(String path, String... headers) {
    var request = client.request(path).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Client.sendForBytes(request.build());
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
