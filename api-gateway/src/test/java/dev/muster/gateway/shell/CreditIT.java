package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway that refuses what the account does not cover; the test plays the aggregator. */
@QuarkusTest
@TestProfile(CreditIT.Required.class)
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
@SuppressWarnings("NullAway.Init")
class CreditIT {
  /** One core at the price of the migration, for 10 s. */
  private static final long HOLD = 11_111L * 10;

  private static final String JOB =
      "{\"runner_command\":[\"true\"],\"timeout_s\":10,\"requirements\":{\"cpus\":1}}";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Pool aggregator;
  @Inject Pool gateway;
  private Client client;

  /** Credit is required. */
  public static class Required implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("gateway.credit-required", "true");
    }
  }

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
    run("DELETE FROM aggregator.balance WHERE tenant = 'default'");
    aggregator.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
    run("DELETE FROM aggregator.balance WHERE tenant = 'default'");
    // What an earlier test held is over.
    gateway
        .query("DELETE FROM gateway.hold")
        .execute()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @Test
  void hundredParallelSubmitsNeverSpendMoreThanThereIs() throws Exception {
    have(10 * HOLD + HOLD / 2);
    List<HttpResponse<String>> answers = submitAtOnce(100);

    assertThat(answers).filteredOn(answer -> answer.statusCode() == 202).hasSize(10);
    List<HttpResponse<String>> refused =
        answers.stream().filter(answer -> answer.statusCode() != 202).toList();
    assertThat(refused).hasSize(90).allMatch(answer -> answer.statusCode() == 402);
    JsonNode problem = JSON.readTree(refused.getFirst().body());
    assertThat(problem.get("code").asText()).isEqualTo("insufficient-credit");
    assertThat(problem.get("detail").asText()).contains("0.00011111 USD", "0.000055555");
  }

  @Test
  void holdThatTheLedgerHasTakenInIsNotCountedTwice() throws Exception {
    have(3 * HOLD);
    String first = submitted();

    // The aggregator takes the hold in, in one transaction.
    run(
        "WITH taken AS (INSERT INTO aggregator.job_account VALUES ('"
            + first
            + "', 'default', true, "
            + HOLD
            + ", 0, 0, false)) UPDATE aggregator.balance SET available = available - "
            + HOLD
            + ", held = held + "
            + HOLD
            + " WHERE tenant = 'default'");

    submitted();
    submitted();
    assertThat(client.post("/api/v1/jobs", JOB).statusCode()).isEqualTo(402);
  }

  @Test
  void refusedJobLeavesNoTraceAndItsKeyWorksOnceThereIsCredit() throws Exception {
    have(HOLD - 1);
    HttpResponse<String> refused =
        client.post("/api/v1/jobs", JOB, "Idempotency-Key", "credit-key");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(402);

    have(HOLD);
    HttpResponse<String> accepted =
        client.post("/api/v1/jobs", JOB, "Idempotency-Key", "credit-key");
    HttpResponse<String> repeated =
        client.post("/api/v1/jobs", JOB, "Idempotency-Key", "credit-key");

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    assertThat(repeated.body()).isEqualTo(accepted.body());
    assertThat(client.post("/api/v1/jobs", JOB).statusCode()).isEqualTo(402);
  }

  @Test
  void batchIsAcceptedAsFarAsTheCreditReaches() throws Exception {
    have(2 * HOLD);
    String batch = "{\"jobs\":[" + String.join(",", Collections.nCopies(3, JOB)) + "]}";

    JsonNode answer = JSON.readTree(client.post("/api/v1/jobs/batch", batch).body());

    assertThat(answer.get("accepted").asInt()).isEqualTo(2);
    assertThat(answer.at("/jobs/2/error/code").asText()).isEqualTo("insufficient-credit");
    assertThat(answer.at("/jobs/2/error/status").asInt()).isEqualTo(402);
  }

  private String submitted() throws Exception {
    HttpResponse<String> answer = client.post("/api/v1/jobs", JOB);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body()).get("job_id").asText().substring(4);
  }

  private List<HttpResponse<String>> submitAtOnce(int count) throws Exception {
    List<HttpResponse<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
      List<Callable<HttpResponse<String>>> work =
          Collections.nCopies(count, () -> client.post("/api/v1/jobs", JOB));
      for (Future<HttpResponse<String>> answer : threads.invokeAll(work)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  private static void have(long available) {
    run(
        "INSERT INTO aggregator.balance VALUES ('default', -"
            + available
            + ", "
            + available
            + ", 0, 0) ON CONFLICT (tenant) DO UPDATE SET funding = excluded.funding,"
            + " available = excluded.available, held = 0");
  }

  private static RowSet<Row> run(String sql) {
    return aggregator
        .preparedQuery(sql)
        .execute(Tuple.tuple())
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
