package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** New jobs are refused while accepted ones do not get out, and none is lost or doubled by that. */
class AdmissionIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO = "{\"runner_command\":[\"true\"]}";
  private static final int CLIENTS = 8;
  private static final int JOBS_OF_A_CLIENT = 25;

  /** No relay owns this shard, so what lies there waits for ever. */
  private static final String NOBODYS_SHARD = "99";

  private static GatewayProcess gateway;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start(Map.of());
    client = gateway.as(GatewayRows.key("admission", "read,write"));
  }

  @AfterAll
  static void stop() throws Exception {
    GatewayRows.update("DELETE FROM gateway.outbox WHERE shard = " + NOBODYS_SHARD);
    gateway.close();
  }

  @Test
  void whatIsRefusedUnderPressureIsAcceptedOnceLater() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Set<String> jobs = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      close();
      await().atMost(Duration.ofSeconds(60)).until(() -> submit("first").statusCode() == 503);
      List<Future<List<String>>> work = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        work.add(threads.submit(submissions(i, refused)));
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> refused.get() >= CLIENTS);
      open();
      for (Future<List<String>> one : work) {
        jobs.addAll(one.get());
      }
    }

    assertThat(jobs).hasSize(CLIENTS * JOBS_OF_A_CLIENT);
    assertThat(
            GatewayRows.text(
                "SELECT count(*) FROM gateway.submission s JOIN gateway.idempotency i USING"
                    + " (job_id) WHERE i.tenant = 'admission' AND i.key LIKE 'pressure-%'"))
        .isEqualTo("" + CLIENTS * JOBS_OF_A_CLIENT);
  }

  @Test
  void refusalSaysWhenToComeBackAndReadsGoOn() throws Exception {
    try {
      close();
      await().atMost(Duration.ofSeconds(60)).until(() -> submit("second").statusCode() == 503);
      HttpResponse<String> answer = submit("second");

      assertThat(JSON.readTree(answer.body()).get("code").asText()).isEqualTo("overloaded");
      assertThat(JSON.readTree(answer.body()).get("retryable").asBoolean()).isTrue();
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(client.get("/api/v1/jobs").statusCode()).isEqualTo(200);
      assertThat(gateway.counter("outbox_oldest_age_seconds")).isGreaterThan(30);
    } finally {
      open();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> submit("second").statusCode() == 202);
  }

  private static Callable<List<String>> submissions(int number, AtomicInteger refused) {
    return () -> {
      List<String> jobs = new ArrayList<>();
      for (int n = 0; n < JOBS_OF_A_CLIENT; n++) {
        String key = "pressure-" + number + "-" + n;
        await()
            .atMost(Duration.ofSeconds(120))
            .pollInterval(Duration.ofMillis(200))
            .pollDelay(Duration.ZERO)
            .until(() -> {
              HttpResponse<String> answer = submit(key);
              if (answer.statusCode() == 202) {
                jobs.add(JSON.readTree(answer.body()).get("job_id").asText());
                return true;
              }
              assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
              assertThat(answer.headers().firstValue("Retry-After")).isPresent();
              refused.incrementAndGet();
              return false;
            });
      }
      return jobs;
    };
  }

  private static HttpResponse<String> submit(String key) {
    return client.post("/api/v1/jobs", HELLO, "Idempotency-Key", key);
  }

  /** A record that has waited for an hour. */
  private static void close() throws Exception {
    GatewayRows.update(
        "INSERT INTO gateway.outbox (shard, topic, key, type, value, created_at) VALUES ("
            + NOBODYS_SHARD
            + ", 'none', 'none', 'none', '', now() - interval '1 hour')");
  }

  private static void open() throws Exception {
    GatewayRows.update("DELETE FROM gateway.outbox WHERE shard = " + NOBODYS_SHARD);
  }
}
