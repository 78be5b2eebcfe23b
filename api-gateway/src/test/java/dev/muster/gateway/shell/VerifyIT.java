package dev.muster.gateway.shell;

import static dev.muster.gateway.shell.AggregatorRows.counts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Aggregates held against results, over rows as the aggregator writes them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class VerifyIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEST_FIRST =
      "{\"rank\":1,\"index\":0,\"value\":0.1},{\"rank\":2,\"index\":1,\"value\":0.2}";

  private static AggregatorRows rows;
  private Client client;
  private JobId job;

  @BeforeAll
  static void connectAsAggregator() {
    rows = new AggregatorRows();
  }

  @AfterAll
  static void close() {
    rows.close();
  }

  @BeforeEach
  void end() throws Exception {
    client = Client.withFirstKey();
    job = client.submit(",\"fan_out\":{\"chunks\":2,\"total\":4,\"range_field\":\"n\"}");
    rows.event(job, 1, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    rows.task(job, 0, "SUCCEEDED", "{\"loss\": 0.1, \"ok\": true, \"deep\": {\"loss\": 9}}", null);
    rows.task(job, 1, "SUCCEEDED", "{\"loss\": 0.2, \"ok\": false, \"text\": \"1\"}", null);
  }

  @Test
  void aggregateThatSaysWhatTheResultsSayIsVerified() throws Exception {
    aggregate("0.30000000000000004", BEST_FIRST);

    JsonNode told = verify();

    assertThat(told.path("verified").asBoolean()).as(told.toString()).isTrue();
    assertThat(told.path("job_id").asText()).isEqualTo(job.external());
    assertThat(told.path("results").asInt()).isEqualTo(2);
    assertThat(told.path("fields").asInt()).isEqualTo(2);
    assertThat(told.path("ranks").asInt()).isEqualTo(2);
    assertThat(told.path("differences")).isEmpty();
  }

  @Test
  void everyFigureThatTheResultsDoNotSayIsNamed() throws Exception {
    aggregate(
        "0.4",
        "{\"rank\":1,\"index\":1,\"value\":0.2}," + "{\"rank\":2,\"index\":0,\"value\":0.1}");

    JsonNode told = verify();

    assertThat(told.path("verified").asBoolean()).isFalse();
    assertThat(told.path("differences").findValuesAsText("path"))
        .containsExactly("fields.loss.sum", "leaderboard[0]", "leaderboard[1]");
    assertThat(told.path("differences").path(0).path("stored").asText()).isEqualTo("0.4");
  }

  @Test
  void resultThatIsMissingIsFound() throws Exception {
    aggregate("0.30000000000000004", BEST_FIRST);
    rows.execute(
        "DELETE FROM aggregator.task WHERE job_id = $1 AND index = 1", Tuple.of(job.value()));

    assertThat(verify().path("differences").findValuesAsText("path"))
        .contains("count", "counts.succeeded", "fields.loss.count", "fields.ok.false");
  }

  @Test
  void jobThatRunsIsNotVerified() throws Exception {
    JobId running = client.submit("");
    rows.event(running, 1, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), false);

    assertThat(client.get("/api/v1/jobs/" + running.external() + "/verify").statusCode())
        .isEqualTo(409);
  }

  private JsonNode verify() throws Exception {
    return JSON.readTree(client.get("/api/v1/jobs/" + job.external() + "/verify").body());
  }

  private void aggregate(String sum, String rank) {
    rows.execute(
        "UPDATE aggregator.job SET aggregate = $2 WHERE job_id = $1",
        Tuple.of(
            job.value(),
            "{\"count\":2,\"fields\":{\"loss\":{\"count\":2,\"mean\":0.15000000000000002,"
                + "\"min\":0.1,\"max\":0.2,\"sum\":"
                + sum
                + "},\"ok\":{\"true\":1,\"false\":1}},\"metric\":\"loss\",\"direction\":\"min\","
                + "\"leaderboard\":["
                + rank
                + "]}"));
  }
}
