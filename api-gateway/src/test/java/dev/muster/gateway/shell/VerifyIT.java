package dev.muster.gateway.shell;

import static dev.muster.gateway.shell.AggregatorRows.counts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.aggregate.LiveAggregate.Entry;
import dev.muster.contracts.aggregate.Series;
import dev.muster.contracts.aggregate.Series.Extreme;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.kit.Json;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
  void whatWasAddedUpWhileItRanIsShownAndHeldAgainstTheResults() throws Exception {
    JobId followed =
        client.submit(
            ",\"fan_out\":{\"chunks\":2,\"total\":4,\"range_field\":\"n\"},"
                + "\"aggregate\":{\"fields\":[\"loss\"]},"
                + "\"stop_when\":[{\"metric\":\"loss\",\"op\":\"<\",\"value\":0}]");
    rows.event(followed, 1, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
    rows.task(followed, 0, "SUCCEEDED", "{\"loss\": 0.1}", null);
    rows.task(followed, 1, "SUCCEEDED", "{\"loss\": 0.2}", null);
    rows.execute(
        "UPDATE aggregator.job SET aggregate = $2 WHERE job_id = $1",
        Tuple.of(
            followed.value(),
            "{\"count\":2,\"fields\":{\"loss\":{\"count\":2,\"mean\":0.15000000000000002,"
                + "\"min\":0.1,\"max\":0.2,\"sum\":0.30000000000000004}}}"));
    Series series = Series.of(List.of(new Extreme(0.1, 0), new Extreme(0.2, 1)), null);

    keep(followed, series);
    JsonNode told = JSON.readTree(client.get("/api/v1/jobs/" + followed.external()).body());
    JsonNode line = told.path("aggregates").path("series").path(0);
    assertThat(line.path("field").asText()).isEqualTo("loss");
    assertThat(line.path("mean").asDouble()).isEqualTo(0.15000000000000002);
    assertThat(line.path("interval")).hasSize(2);
    assertThat(line.path("max").path("value").asDouble()).isEqualTo(0.2);
    assertThat(line.path("max").path("index").asInt()).isEqualTo(1);
    JsonNode tasks = JSON.readTree(client.get(line.path("max").path("task").asText()).body());
    assertThat(tasks.path("data")).hasSize(1);
    assertThat(tasks.path("data").path(0).path("index").asInt()).isEqualTo(1);
    assertThat(tasks.path("data").path(0).path("payload").path("n").asInt()).isEqualTo(2);
    assertThat(line.path("histogram").path(0).toString())
        .isEqualTo("{\"from\":0.09375,\"to\":0.109375,\"count\":1}");
    assertThat(told.path("design").path("stop_when").path(0).path("threshold").path("op").asText())
        .isEqualTo("<");
    JsonNode verified = verify(followed);
    assertThat(verified.path("verified").asBoolean()).as(verified.toString()).isTrue();
    assertThat(verified.path("series").asInt()).isEqualTo(1);

    keep(
        followed,
        Series.of(List.of(new Extreme(0.1, 0), new Extreme(0.2, 1), new Extreme(5e-324, 2)), null));
    assertThat(verify(followed).path("differences").findValuesAsText("path"))
        .contains("aggregates.loss.count", "aggregates.loss.sum", "aggregates.loss.histogram");
  }

  @Test
  void runningJobIsExpectedToTakeAsLongAsTheLastOnesOfItsKind() throws Exception {
    for (int seconds : List.of(10, 20, 60)) {
      JobId ended = client.submit("");
      rows.event(ended, 1, JobEvent.Kind.COMPLETED, counts(0, 0, 2, 0), false);
      rows.execute(
          "UPDATE aggregator.job SET work = 'w1', started_at = now() - make_interval(secs => $2),"
              + " ended_at = now() WHERE job_id = $1",
          Tuple.of(ended.value(), (double) seconds));
    }
    JobId running = client.submit("");
    rows.event(running, 1, JobEvent.Kind.RUNNING, counts(0, 1, 0, 0), false);
    rows.execute(
        "UPDATE aggregator.job SET work = 'w1', started_at = now() WHERE job_id = $1",
        Tuple.of(running.value()));

    JsonNode told = JSON.readTree(client.get("/api/v1/jobs/" + running.external()).body());

    Duration expected =
        Duration.between(
            Instant.parse(told.path("started_at").asText()),
            Instant.parse(told.path("estimated_completion").asText()));
    // The median: ten seconds for each of two tasks.
    assertThat(expected).isBetween(Duration.ofMillis(19_990), Duration.ofMillis(20_010));
  }

  private static void keep(JobId job, Series series) {
    LiveAggregate live = LiveAggregate.EMPTY.plus(List.of(new Entry("loss", null, series)));
    rows.execute(
        "UPDATE aggregator.job SET live = $2 WHERE job_id = $1",
        Tuple.of(job.value(), Json.text(live)));
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
    return verify(job);
  }

  private JsonNode verify(JobId which) throws Exception {
    return JSON.readTree(client.get("/api/v1/jobs/" + which.external() + "/verify").body());
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
