package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Balance, statistics, costs and export over rows as the aggregator writes them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
@SuppressWarnings("NullAway.Init")
class LedgerReadIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Pool aggregator;
  @Inject Pool gateway;
  private Client client;

  @BeforeAll
  static void connectAggregator() {
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    aggregator =
        PgBuilder.pool()
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .with(new PoolOptions().setMaxSize(2))
            .build();
  }

  @AfterAll
  static void disconnect() {
    run(aggregator, "DELETE FROM aggregator.balance");
    run(aggregator, "DELETE FROM aggregator.tenant_day");
    aggregator.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
  }

  @Test
  void balanceIsExactToTheBillionth() throws Exception {
    run(aggregator, "DELETE FROM aggregator.balance");
    assertThat(JSON.readTree(client.get("/api/v1/balance").body()).get("available_usd").asInt())
        .isZero();

    run(
        aggregator,
        "INSERT INTO aggregator.balance VALUES"
            + " ('default', -25000000000, 20000000001, 4999999000, 999),"
            + " ('other', -1000000000, 1000000000, 0, 0)");

    assertThat(client.get("/api/v1/balance").body())
        .isEqualTo(
            "{\"currency\":\"USD\",\"available_usd\":20.000000001,\"held_usd\":4.999999,"
                + "\"ledger_balance_usd\":24.999999001,\"spent_usd\":0.000000999,"
                + "\"granted_usd\":25}");
  }

  @Test
  void pricesHoldsAndQuotesAddUp() throws Exception {
    JsonNode prices = JSON.readTree(client.get("/api/v1/account/prices").body()).get("data");
    assertThat(prices)
        .extracting(price -> price.get("device_class").asText())
        .contains("cpu", "gpu", "h100")
        .isSorted();
    run(aggregator, "DELETE FROM aggregator.balance");
    run(
        aggregator,
        "INSERT INTO aggregator.balance VALUES ('default', -1000000000, 1000000000, 0, 0)");
    for (int i = 1; i <= 3; i++) {
      run(
          aggregator,
          "INSERT INTO aggregator.job_account VALUES ('01HF7YAT0041061050R3GG28B"
              + i
              + "', 'default', true, "
              + (i - 1)
              + "000000, 0, 0, false)");
    }

    JsonNode page = JSON.readTree(client.get("/api/v1/account/holds?limit=1").body());
    assertThat(page.at("/data/0/job_id").asText()).isEqualTo("job_01HF7YAT0041061050R3GG28B3");
    assertThat(page.at("/data/0/held_usd").decimalValue()).isEqualByComparingTo("0.002");
    JsonNode rest =
        JSON.readTree(
            client
                .get("/api/v1/account/holds?limit=1&cursor=" + page.get("next_cursor").asText())
                .body());
    assertThat(rest.at("/data/0/held_usd").decimalValue()).isEqualByComparingTo("0.001");
    assertThat(rest.get("has_more").asBoolean()).as("nothing is held for the first").isFalse();

    JsonNode quote =
        JSON.readTree(
            client
                .get(
                    "/api/v1/account/quotes?gpus=2&gpu_model=NVIDIA%20H100&cpus=4&tasks=10&timeout_s=60")
                .body());
    // 10 tasks for 60 s, each with two GPUs of 694,444 nanos and four cores of 11,111.
    assertThat(quote.get("hold_usd").decimalValue()).isEqualByComparingTo("0.8599992");
    assertThat(quote.get("usd_per_second").decimalValue()).isEqualByComparingTo("0.001433332");
    assertThat(quote.get("covered").asBoolean()).isTrue();
    assertThat(
            JSON.readTree(client.get("/api/v1/account/quotes?tasks=1000000").body())
                .get("covered")
                .asBoolean())
        .isFalse();
    assertThat(client.get("/api/v1/account/quotes?tasks=0").statusCode()).isEqualTo(422);
    assertThat(client.get("/api/v1/account/balance").body())
        .isEqualTo(client.get("/api/v1/balance").body());
  }

  @Test
  void entriesPageBackwardsAndBelongToTheTenant() throws Exception {
    for (int i = 1; i <= 5; i++) {
      run(
          aggregator,
          "INSERT INTO aggregator.ledger_posting (tenant, kind, job_id, at, funding, available,"
              + " held, spent) VALUES ('default', 'HOLD', '01HF7YAT0041061050R3GG28A"
              + i
              + "', now(), 0, -"
              + i
              + ", "
              + i
              + ", 0), ('other', 'GRANT', NULL, now(), -9, 9, 0, 0)");
    }
    List<String> jobs = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = JSON.readTree(client.get("/api/v1/balance/entries?limit=2" + next).body());
      page.get("data")
          .forEach(entry -> {
            assertThat(entry.get("kind").asText()).isEqualTo("hold");
            jobs.add(entry.get("job_id").asText());
          });
      next = page.get("has_more").asBoolean() ? "&cursor=" + page.get("next_cursor").asText() : "";
    } while (!next.isEmpty());

    assertThat(jobs)
        .containsExactly(
            "job_01HF7YAT0041061050R3GG28A5",
            "job_01HF7YAT0041061050R3GG28A4",
            "job_01HF7YAT0041061050R3GG28A3",
            "job_01HF7YAT0041061050R3GG28A2",
            "job_01HF7YAT0041061050R3GG28A1");
  }

  @Test
  void statisticsAddUpDaysAndLeaveOutCancelledJobs() throws Exception {
    run(aggregator, "DELETE FROM aggregator.tenant_day");
    assertThat(client.get("/api/v1/stats").body())
        .contains("\"success_rate\":null", "\"average_completion_s\":null");

    run(
        aggregator,
        "INSERT INTO aggregator.tenant_day VALUES"
            + " ('default', '2026-01-01', 10, 3, 1, 1, 5, 0, 9000, 1500000000),"
            + " ('default', '2026-01-31', 4, 1, 0, 0, 0, 2, 3000, 1),"
            + " ('default', '2026-02-01', 7, 7, 0, 0, 0, 0, 7000, 7),"
            + " ('other', '2026-01-15', 99, 99, 0, 0, 0, 0, 99, 99)");

    JsonNode month =
        JSON.readTree(client.get("/api/v1/stats?from=2026-01-01&to=2026-01-31").body());
    assertThat(month.get("jobs_submitted").asInt()).isEqualTo(14);
    assertThat(month.get("success_rate").asDouble()).isEqualTo(4 / 8.0);
    assertThat(month.get("average_completion_s").asDouble()).isEqualTo(3.0);
    assertThat(month.get("total_spent_usd").decimalValue()).isEqualByComparingTo("1.500000001");
    assertThat(month.at("/jobs/cancelled").asInt()).isEqualTo(5);
    assertThat(JSON.readTree(client.get("/api/v1/stats").body()).get("jobs_submitted").asInt())
        .isEqualTo(21);
    assertThat(client.get("/api/v1/stats?from=2026-02-01&to=2026-01-01").statusCode())
        .isEqualTo(422);
    assertThat(client.get("/api/v1/stats?from=yesterday").statusCode()).isEqualTo(422);
  }

  @Test
  void jobAndTaskTellTheirCost() throws Exception {
    JsonNode job =
        JSON.readTree(client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}").body());
    String id = job.get("job_id").asText();
    assertThat(job.get("cost_usd").asInt()).isZero();
    run(
        aggregator,
        "INSERT INTO aggregator.job (job_id, tenant, pool, state, shown, version, total, leased,"
            + " running, succeeded, failed, cancelled, attempts_lost, retries, planned,"
            + " leased_ever, started_ever, plan_failed, stopped) VALUES ('"
            + id.substring(4)
            + "', 'default', 'default', 'RUNNING', 'running', 4, 1, 0, 1, 0, 0, 0, 0, 1,"
            + " true, true, true, false, false)");
    run(
        aggregator,
        "INSERT INTO aggregator.job_account VALUES ('"
            + id.substring(4)
            + "', 'default', true, 0, 41666640, 41666640, true)");
    run(
        aggregator,
        "INSERT INTO aggregator.usage VALUES ('%1$s', 0, 1, 1, NULL, now(), 50000, 0, '{g}', '{h}',"
                .formatted(id.substring(4))
            + " 34722200), ('%1$s', 0, 2, 2, NULL, now(), 10000, 0, '{g}', '{h}', 6944440)"
                .formatted(id.substring(4)));

    assertThat(client.get("/api/v1/jobs/" + id).body()).contains("\"cost_usd\":0.04166664");
    assertThat(client.get("/api/v1/jobs/" + id + "/tasks").body())
        .contains("\"cost_usd\":0.04166664");
  }

  @Test
  void grantNeedsAnAmountATenantAndIsMadeOnce() throws Exception {
    String body = "{\"amount_usd\":\"12.50\",\"note\":\"July\"}";

    HttpResponse<String> first =
        client.post("/api/v1/balance/grants", body, "Idempotency-Key", "grant-1");
    HttpResponse<String> again =
        client.post("/api/v1/balance/grants", body, "Idempotency-Key", "grant-1");

    assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(JSON.readTree(first.body()).get("amount_usd").decimalValue())
        .isEqualByComparingTo("12.5");
    assertThat(
            client
                .post(
                    "/api/v1/balance/grants",
                    "{\"amount_usd\":\"13\"}",
                    "Idempotency-Key",
                    "grant-1")
                .statusCode())
        .isEqualTo(422);
    for (String wrong :
        List.of(
            "{}",
            "{\"amount_usd\":\"0\"}",
            "{\"amount_usd\":\"-1\"}",
            "{\"amount_usd\":\"1e3\"}",
            "{\"amount_usd\":\"0.0000000001\"}",
            "{\"amount_usd\":\"1000000001\"}",
            "{\"amount_usd\":\"1\",\"tenant\":\"nobody\"}",
            "{\"amount_usd\":\"1\",\"to\":\"me\"}",
            "[]")) {
      assertThat(client.post("/api/v1/balance/grants", wrong).statusCode())
          .as(wrong)
          .isEqualTo(422);
    }
  }

  @Test
  void exportHasEveryJobOfTheTenantAndNoOther() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      ids.add(
          JSON.readTree(
                  client
                      .post(
                          "/api/v1/jobs", "{\"runner_command\":[\"true\"],\"tags\":[\"exported\"]}")
                      .body())
              .get("job_id")
              .asText());
    }
    run(
        gateway,
        "INSERT INTO gateway.submission (job_id, tenant, created_at, spec, tags)"
            + " SELECT '01HF7YAT0041061050R3GG28ZZ', 'other', created_at, spec, tags"
            + " FROM gateway.submission WHERE job_id = '"
            + ids.getFirst().substring(4)
            + "' ON CONFLICT DO NOTHING");

    HttpResponse<String> json = client.get("/api/v1/jobs/export?format=json&tag=exported");
    HttpResponse<String> csv = client.get("/api/v1/jobs/export?format=csv&tag=exported");

    assertThat(json.statusCode()).isEqualTo(200);
    List<String> inJson = new ArrayList<>();
    JSON.readTree(json.body()).forEach(job -> inJson.add(job.get("job_id").asText()));
    assertThat(inJson).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
    String[] lines = csv.body().split("\r\n", -1);
    assertThat(lines[0]).startsWith("job_id,status,canonical_state,");
    assertThat(lines).hasSize(122);
    assertThat(lines[121]).isEmpty();
    assertThat(inJson)
        .containsExactlyElementsOf(
            List.of(lines).subList(1, 121).stream().map(line -> line.substring(0, 30)).toList());
  }

  @Test
  void exportKeepsToDaysAndRefusesOtherFormats() throws Exception {
    client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]}");

    assertThat(client.get("/api/v1/jobs/export?from=2000-01-01&to=2000-01-31").body())
        .isEqualTo("[\n]\n");
    assertThat(client.get("/api/v1/jobs/export?format=xml").statusCode()).isEqualTo(422);
    assertThat(client.get("/api/v1/jobs/export?from=1").statusCode()).isEqualTo(422);
  }

  private static void run(Pool pool, String sql) {
    pool.query(sql).execute().toCompletionStage().toCompletableFuture().join();
  }
}
