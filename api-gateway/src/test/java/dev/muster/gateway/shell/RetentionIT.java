package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.blob.BlobCollector;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.retention.RetentionReaper;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long results are there, and what is left of them afterwards. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class RetentionIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Inject Secrets secrets;
  @Inject RetentionReaper reaper;
  @Inject MovableClock clock;
  @Inject BlobCollector collector;
  private Client client;
  private EndedJobs jobs;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
    jobs = new EndedJobs(client);
  }

  @AfterEach
  void close() {
    clock.ahead(Duration.ZERO);
    plan("free");
    jobs.close();
  }

  @ParameterizedTest
  @CsvSource({"free,7", "pro,30", "enterprise,90"})
  void resultsAreThereADayBeforeAndGoneADayAfter(String plan, int days) throws Exception {
    plan(plan);
    JobId job = ended("kept " + plan);
    JsonNode about = about(job);
    assertThat(about.get("plan").asText()).isEqualTo(plan);
    Instant ended = Instant.parse(json("/api/v1/jobs/" + job.external()).get("ended_at").asText());
    assertThat(Instant.parse(about.get("expires_at").asText()))
        .isEqualTo(ended.plus(Duration.ofDays(days)));

    sweepAhead(Duration.ofDays(days - 1));
    assertThat(status(job, "download")).isEqualTo(200);
    sweepAhead(Duration.ofDays(days + 1));

    assertGone(job, "retention", about.get("sha256").asText());
  }

  @Test
  void planAtTheEndCountsWhateverComesLater() throws Exception {
    plan("free");
    JobId job = ended("ended on free");
    plan("enterprise");
    JobId later = ended("ended on enterprise");

    sweepAhead(Duration.ofDays(8));

    assertThat(status(job, "download")).isEqualTo(410);
    assertThat(status(later, "download")).isEqualTo(200);
    assertThat(about(later).get("plan").asText()).isEqualTo("enterprise");
  }

  @Test
  void ownerDeletesResultsAtAnyTimeAndTheRecordStays() throws Exception {
    JobId job = ended("mine");
    String digest = about(job).get("sha256").asText();

    assertThat(client.delete("/api/v1/jobs/" + job.external()).statusCode()).isEqualTo(204);
    assertThat(client.delete("/api/v1/jobs/" + job.external()).statusCode()).isEqualTo(204);

    assertGone(job, "user", digest);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> told(job).stream().filter(text -> text.contains("results_deleted")).count() == 1);
  }

  @Test
  void resultsThatNobodyAskedForAreDeletedWithoutAPackage() throws Exception {
    JobId job = jobs.submitted(1);
    jobs.ended(job, "COMPLETED", 1, 1, Instant.now().minusSeconds(2));

    client.delete("/api/v1/jobs/" + job.external());

    JsonNode about = about(job);
    assertThat(about.get("sha256").isNull()).isTrue();
    assertThat(about.get("deleted_because").asText()).isEqualTo("user");
    assertThat(status(job, "download")).isEqualTo(410);
  }

  @Test
  void deletingAJobThatGoesOnCancelsIt() throws Exception {
    JobId job = jobs.submitted(1);

    HttpResponse<String> answer = client.delete("/api/v1/jobs/" + job.external());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(told(job)).anyMatch(text -> text.contains("job_cancel_requested"));
    assertThat(client.delete("/api/v1/jobs/job_01JD4Q8Y7N3C9V5W2X6Z0B1D4F").statusCode())
        .isEqualTo(404);
  }

  @Test
  void bytesThatAnotherJobNeedsStay() throws Exception {
    byte[] shared = "the same weights".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    JobId gone = endedWith(shared);
    JobId lives = endedWith(shared);
    String file = artifact(lives);
    String other = artifact(gone);

    client.delete("/api/v1/jobs/" + gone.external());
    sweepAhead(Duration.ZERO);
    collector.collect();

    assertThat(client.get("/api/v1/artifacts/" + other).statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/artifacts/" + file).body())
        .isEqualTo(new String(shared, StandardCharsets.UTF_8));
    assertThat(status(lives, "download")).isEqualTo(200);
  }

  @Test
  void reaperThatStopsAnywhereGoesOnThere() throws Exception {
    JobId job = jobs.submitted(1);
    // More files than one transaction takes.
    jobs.leaves(secrets, job, 0, "first", new byte[] {1});
    GatewayRows.update(
        "INSERT INTO gateway.artifact SELECT 'art_' || lpad(upper(to_hex(i)), 26, '0'), 'default',"
            + " 'f' || i, sha256, bytes, now(), job_id, 0, 1, 1, false FROM gateway.artifact,"
            + " generate_series(1, 1200) AS i WHERE job_id = ?",
        job.value());
    GatewayRows.update(
        "INSERT INTO gateway.blob_ref SELECT 'artifact/' || a.id, b.id FROM gateway.artifact a"
            + " JOIN gateway.blob b ON b.tenant = a.tenant AND b.sha256 = a.sha256"
            + " WHERE a.job_id = ? ON CONFLICT DO NOTHING",
        job.value());
    jobs.task(job, 0, "SUCCEEDED", "{}");
    jobs.ended(job, "COMPLETED", 1, 1, Instant.now());
    clock.ahead(Duration.ofDays(8));

    // Every step is one transaction: stopping between two is what a crash looks like.
    int steps = 0;
    String done =
        "SELECT count(*) FROM gateway.result_deletion WHERE done_at IS NOT NULL AND job_id = ?";
    while (!GatewayRows.text(done, job.value()).equals("1")) {
      reaper.step();
      assertThat(++steps).isLessThan(1_000);
    }

    assertThat(rows("artifact", job)).isEqualTo("0");
    assertThat(rows("package_due", job)).isEqualTo("0");
    assertThat(
            GatewayRows.text(
                "SELECT count(*) FROM gateway.blob_ref r WHERE owner LIKE 'artifact/%'"
                    + " AND NOT EXISTS (SELECT FROM gateway.artifact a"
                    + " WHERE 'artifact/' || a.id = r.owner)"))
        .isEqualTo("0");
  }

  private static String rows(String table, JobId job) throws Exception {
    return GatewayRows.text(
        "SELECT count(*) FROM gateway." + table + " WHERE job_id = ?", job.value());
  }

  private void assertGone(JobId job, String reason, String digest) throws Exception {
    for (String tail : List.of("download", "download/manifest.json", "output")) {
      assertThat(status(job, tail)).as(tail).isEqualTo(410);
    }
    HttpResponse<String> results = client.get("/api/v1/results/" + job.external());
    assertThat(results.statusCode()).isEqualTo(410);
    assertThat(JSON.readTree(results.body()).get("code").asText()).isEqualTo("results-deleted");
    assertThat(status(job, "")).as("the record").isEqualTo(200);
    assertThat(json("/api/v1/artifacts?job=" + job.external()).get("data")).isEmpty();
    JsonNode about = about(job);
    assertThat(about.get("deleted_because").asText()).isEqualTo(reason);
    assertThat(about.get("sha256").asText()).isEqualTo(digest);
    assertThat(about.get("downloads")).isEmpty();
  }

  /** What was said of a job on the topic of submissions. */
  private static List<String> told(JobId job) {
    Properties config = new Properties();
    config.putAll(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            Infrastructure.shared().bootstrapServers(),
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest"));
    List<String> found = new java.util.ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor(Topic.SUBMISSIONS.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream()
          .anyMatch(p -> consumer.position(p) < Objects.requireNonNull(ends.get(p)))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> {
              if (job.value().equals(record.key())) {
                found.add(record.value());
              }
            });
      }
    }
    return found;
  }

  private JobId ended(String text) throws Exception {
    return endedWith(text.getBytes(StandardCharsets.UTF_8));
  }

  private JobId endedWith(byte[] file) throws Exception {
    JobId job = jobs.submitted(1);
    assertThat(jobs.leaves(secrets, job, 0, "model.bin", file).statusCode()).isEqualTo(200);
    jobs.task(job, 0, "SUCCEEDED", "{}");
    jobs.output(job, 0, "hello\n");
    jobs.ended(job, "COMPLETED", 1, 1, Instant.now());
    return job;
  }

  private void plan(String plan) {
    HttpResponse<String> answer =
        client.put("/api/v1/tenants/default/plan", "{\"plan\":\"" + plan + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void sweepAhead(Duration ahead) {
    clock.ahead(ahead);
    int steps = 0;
    while (reaper.step()) {
      assertThat(++steps).isLessThan(1_000);
    }
  }

  private String artifact(JobId job) throws Exception {
    return json("/api/v1/artifacts?job=" + job.external()).at("/data/0/artifact_id").asText();
  }

  private JsonNode about(JobId job) throws Exception {
    return json("/api/v1/jobs/" + job.external() + "/package");
  }

  private int status(JobId job, String tail) {
    return client
        .get("/api/v1/jobs/" + job.external() + (tail.isEmpty() ? "" : "/" + tail))
        .statusCode();
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> answer = client.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }
}
