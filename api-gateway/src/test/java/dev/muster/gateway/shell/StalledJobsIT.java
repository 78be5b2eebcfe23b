package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.store.StalledJobs;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody plans in these tests, so every job stalls. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class StalledJobsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ITEMS =
      "{\"runner_command\":[\"true\"],\"fan_out\":{\"items\":[{\"a\":1},{\"a\":2}]}}";

  @Inject StalledJobs stalled;
  private Client client;

  @BeforeEach
  void connect() throws Exception {
    client = Client.withFirstKey();
    // What other tests left behind is not looked at, and not in the way.
    GatewayRows.update("DELETE FROM gateway.stalled_job");
  }

  @Test
  void jobThatNobodyPlannedInAMinuteIsSentAgainAndThenLessOften() throws Exception {
    String job = submit();
    assertThat(stalled.look()).as("it is young").doesNotContain(job);

    age(job, "61 seconds");

    assertThat(stalled.look()).contains(job);
    assertThat(stalled.look()).as("its next time is a minute away").doesNotContain(job);
    due(job);
    assertThat(stalled.look()).contains(job);
    assertThat(
            GatewayRows.text(
                "SELECT due_at > now() + interval '100 seconds' FROM gateway.stalled_job"
                    + " WHERE job_id = ?",
                job))
        .as("the time doubles")
        .isEqualTo("t");
  }

  @Test
  void jobThatWasPlannedLateIsForgotten() throws Exception {
    String job = submit();
    age(job, "61 seconds");
    assertThat(stalled.look()).contains(job);
    try (AggregatorRows aggregator = new AggregatorRows()) {
      aggregator.event(
          new JobId(job), 1, JobEvent.Kind.QUEUED, AggregatorRows.counts(0, 0, 0, 0), false);
    }

    due(job);

    assertThat(stalled.look()).doesNotContain(job);
    assertThat(GatewayRows.text("SELECT count(*) FROM gateway.stalled_job WHERE job_id = ?", job))
        .isEqualTo("0");
  }

  @Test
  void everySendingHasANumberOfItsOwn() throws Exception {
    String job = submit();
    age(job, "61 seconds");
    int before = sendings();

    assertThat(stalled.look()).contains(job);

    assertThat(sendings()).isGreaterThan(before);
  }

  private String submit() throws Exception {
    HttpResponse<String> answer = client.post("/api/v1/jobs", ITEMS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode job = JSON.readTree(answer.body());
    return job.get("job_id").asText().substring(4);
  }

  private static int sendings() throws Exception {
    return Integer.parseInt(
        GatewayRows.text("SELECT coalesce(max(sendings), 0) FROM gateway.resend"));
  }

  /** The watch had not come so far yet. */
  private static void age(String job, String by) throws Exception {
    GatewayRows.update(
        "UPDATE gateway.submission SET created_at = now() - interval '" + by + "' WHERE job_id = ?",
        job);
    GatewayRows.update(
        "UPDATE gateway.stall_watch SET looked_until = now() - interval '90 seconds'");
  }

  private static void due(String job) throws Exception {
    GatewayRows.update("UPDATE gateway.stalled_job SET due_at = now() WHERE job_id = ?", job);
  }
}
