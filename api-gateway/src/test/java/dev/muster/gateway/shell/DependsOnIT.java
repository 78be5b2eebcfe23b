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
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs that wait for others, as far as the gateway knows of them. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class DependsOnIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Inject StalledJobs stalled;

  private Client client;
  private AggregatorRows aggregator;

  @BeforeEach
  void connect() {
    client = Client.withFirstKey();
    aggregator = new AggregatorRows();
  }

  @AfterEach
  void close() {
    aggregator.close();
  }

  @Test
  void childShowsItsParentsAndWhichOfThemItWaitsFor() throws Exception {
    JobId one = client.submit("");
    JobId other = client.submit("");
    JsonNode answer =
        submit(
            ",\"depends_on\":[\"%s\",{\"job_id\":\"%s\"}],\"depends_on_policy\":\"allow_partial\""
                .formatted(one.external(), other.value()));
    String path = "/api/v1/jobs/" + answer.path("job_id").asText();

    HttpResponse<String> before = client.get(path);
    aggregator.event(one, 1, JobEvent.Kind.COMPLETED, AggregatorRows.counts(0, 0, 2, 0), false);
    HttpResponse<String> between = client.get(path);
    aggregator.event(other, 1, JobEvent.Kind.FAILED, AggregatorRows.counts(0, 0, 0, 2), false);
    HttpResponse<String> after = client.get(path);

    JsonNode shown = JSON.readTree(before.body());
    assertThat(shown.path("depends_on").toString())
        .isEqualTo("[\"" + one.external() + "\",\"" + other.external() + "\"]");
    assertThat(shown.path("depends_on_policy").asText()).isEqualTo("allow_partial");
    assertThat(shown.path("blocked_on")).isEqualTo(shown.path("depends_on"));
    assertThat(JSON.readTree(between.body()).path("blocked_on").toString())
        .isEqualTo("[\"" + other.external() + "\"]");
    assertThat(JSON.readTree(after.body()).path("blocked_on").isNull()).isTrue();
    assertThat(
            Stream.of(before, between, after)
                .map(response -> response.headers().firstValue("ETag").orElseThrow()))
        .doesNotHaveDuplicates();
  }

  @Test
  void jobWithoutParentsShowsNone() throws Exception {
    JsonNode job = JSON.readTree(client.get("/api/v1/jobs/" + client.submit("").external()).body());

    assertThat(job.path("depends_on").isNull()).isTrue();
    assertThat(job.path("depends_on_policy").isNull()).isTrue();
    assertThat(job.path("blocked_on").isNull()).isTrue();
  }

  @Test
  void unknownParentIsRefusedAndSoIsThatOfAnotherTenant() throws Exception {
    JobId own = client.submit("");
    JobId unknown = JobId.of(1, 2, 3);
    JobId foreign = otherTenant().submit("");

    for (JobId parent : new JobId[] {unknown, foreign}) {
      JsonNode problem =
          refused(",\"depends_on\":[\"%s\",\"%s\"]".formatted(own.external(), parent.external()));
      assertThat(problem.path("errors").toString())
          .isEqualTo(
              "[{\"pointer\":\"/depends_on/1\",\"code\":\"unknown-job\",\"detail\":\"Expected a job"
                  + " that exists, but there is none with this id\"}]");
    }
  }

  @Test
  void wrongEdgesAreRefusedWithTheirPlace() throws Exception {
    String own = client.submit("").external();
    assertRefused("\"x\"", "/depends_on", "type");
    assertRefused("[]", "/depends_on", "min-items");
    assertRefused("[7]", "/depends_on/0", "type");
    assertRefused("[\"job_1\"]", "/depends_on/0", "format");
    assertRefused("[\"" + own + "\",\"" + own + "\"]", "/depends_on/1", "duplicate");
    assertRefused("[{\"index\":0}]", "/depends_on/0/index", "batch-only");
    assertRefused("[{\"client_ref\":\"a\"}]", "/depends_on/0/client_ref", "batch-only");
    assertRefused("[{\"name\":\"a\"}]", "/depends_on/0", "unknown-field");
    assertRefused("[{\"job_id\":\"" + own + "\",\"index\":0}]", "/depends_on/0", "type");
    String many =
        IntStream.range(0, 201)
            .mapToObj(i -> "\"" + JobId.of(1, 2, i).external() + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    assertRefused(many, "/depends_on", "max-items");
    assertThat(refused(",\"depends_on_policy\":\"completed\"").at("/errors/0/pointer").asText())
        .isEqualTo("/depends_on_policy");
    assertThat(
            refused(",\"depends_on\":[\"" + own + "\"],\"depends_on_policy\":\"any\"")
                .at("/errors/0/pointer")
                .asText())
        .isEqualTo("/depends_on_policy");
  }

  @Test
  void entriesOfABatchDependOnEarlierOnesByIndexAndByReference() throws Exception {
    JsonNode batch =
        batch(
            job(",\"client_ref\":\"prepare\""),
            job(",\"depends_on\":[{\"client_ref\":\"prepare\"}],\"client_ref\":\"train\""),
            job(",\"depends_on\":[{\"index\":0},{\"client_ref\":\"train\"}]"));

    assertThat(batch.path("accepted").asInt()).as(batch.toString()).isEqualTo(3);
    JsonNode last = read(batch.at("/jobs/2/job_id").asText());
    assertThat(last.at("/depends_on/0")).isEqualTo(batch.at("/jobs/0/job_id"));
    assertThat(last.at("/depends_on/1")).isEqualTo(batch.at("/jobs/1/job_id"));
  }

  @Test
  void entryThatDependsOnALaterOneOrOnItselfIsRefused() throws Exception {
    JsonNode batch =
        batch(
            job(",\"depends_on\":[{\"index\":1}]"),
            job(",\"depends_on\":[{\"index\":1}]"),
            job(",\"client_ref\":\"me\",\"depends_on\":[{\"client_ref\":\"me\"}]"),
            job(",\"client_ref\":\"twin\""),
            job(",\"client_ref\":\"twin\""),
            job(",\"depends_on\":[{\"client_ref\":\"twin\"}]"));

    assertThat(batch.path("accepted").asInt()).isEqualTo(2);
    assertThat(batch.at("/jobs/0/error/errors/0/pointer").asText())
        .isEqualTo("/jobs/0/depends_on/0/index");
    assertThat(batch.at("/jobs/0/error/errors/0/code").asText()).isEqualTo("not-earlier");
    assertThat(batch.at("/jobs/1/error/errors/0/code").asText()).isEqualTo("not-earlier");
    assertThat(batch.at("/jobs/2/error/errors/0/code").asText()).isEqualTo("not-earlier");
    assertThat(batch.at("/jobs/5/error/errors/0/code").asText()).isEqualTo("ambiguous");
  }

  @Test
  void refusedEntryRefusesAllThatDependsOnIt() throws Exception {
    JsonNode batch =
        batch(
            "{\"runner_command\":[],\"client_ref\":\"bad\"}",
            job(",\"depends_on\":[{\"client_ref\":\"bad\"}]"),
            job(",\"depends_on\":[{\"index\":1}]"),
            job(""));

    assertThat(batch.path("accepted").asInt()).isOne();
    assertThat(batch.at("/jobs/1/error/errors/0/code").asText()).isEqualTo("parent-refused");
    assertThat(batch.at("/jobs/1/error/errors/0/detail").asText()).contains("entry 0");
    assertThat(batch.at("/jobs/2/error/errors/0/code").asText()).isEqualTo("parent-refused");
    assertThat(batch.at("/jobs/3/ok").asBoolean()).isTrue();
  }

  @Test
  void repeatedBatchIsTheSameChain() throws Exception {
    String[] jobs = {job(""), job(",\"depends_on\":[{\"index\":0}]")};

    JsonNode once = keyed("chain-key", jobs);
    JsonNode again = keyed("chain-key", jobs);

    assertThat(again.at("/jobs/0/job_id")).isEqualTo(once.at("/jobs/0/job_id"));
    assertThat(again.at("/jobs/1/job_id")).isEqualTo(once.at("/jobs/1/job_id"));
  }

  @Test
  void entryThatIsNewInARepeatedBatchDependsOnTheJobThatItsParentBecameThen() throws Exception {
    String parent = job("");
    JsonNode once = keyed("grown-key", parent, "{\"runner_command\":[]}");

    JsonNode again = keyed("grown-key", parent, job(",\"depends_on\":[{\"index\":0}]"));

    assertThat(once.path("accepted").asInt()).isOne();
    assertThat(again.path("accepted").asInt()).isEqualTo(2);
    JsonNode child = read(again.at("/jobs/1/job_id").asText());
    assertThat(child.at("/depends_on/0")).isEqualTo(once.at("/jobs/0/job_id"));
  }

  @Test
  void retryFollowsAParentToItsRetry() throws Exception {
    JobId parent = client.submit("");
    JsonNode child = submit(",\"depends_on\":[\"" + parent.external() + "\"]");
    JobId childId = JobId.parse(child.path("job_id").asText());
    aggregator.event(parent, 1, JobEvent.Kind.FAILED, AggregatorRows.counts(0, 0, 0, 2), false);
    aggregator.event(childId, 1, JobEvent.Kind.FAILED, AggregatorRows.counts(0, 0, 0, 0), false);

    JsonNode early = retried(childId);
    JsonNode parentAgain = retried(parent);
    JsonNode late = retried(childId);

    assertThat(early.at("/depends_on/0").asText()).isEqualTo(parent.external());
    assertThat(late.at("/depends_on/0")).isEqualTo(parentAgain.path("job_id"));
  }

  @Test
  void jobThatWaitsIsSentAgainOnlyOnceAllItsParentsHaveEnded() throws Exception {
    GatewayRows.update("DELETE FROM gateway.stalled_job");
    JobId parent = client.submit("");
    JobId child =
        JobId.parse(
            submit(",\"depends_on\":[\"" + parent.external() + "\"]").path("job_id").asText());
    aggregator.event(child, 1, JobEvent.Kind.BLOCKED, AggregatorRows.counts(0, 0, 0, 0), false);
    aggregator.event(parent, 1, JobEvent.Kind.RUNNING, AggregatorRows.counts(0, 1, 0, 0), false);
    GatewayRows.update(
        "UPDATE gateway.submission SET created_at = now() - interval '61 seconds'"
            + " WHERE job_id = ?",
        child.value());
    GatewayRows.update(
        "UPDATE gateway.stall_watch SET looked_until = now() - interval '90 seconds'");
    assertThat(stalled.look()).doesNotContain(child.value());

    aggregator.event(parent, 2, JobEvent.Kind.COMPLETED, AggregatorRows.counts(0, 0, 2, 0), false);
    aggregator.ended(parent, "10 minutes");
    GatewayRows.update(
        "UPDATE gateway.stalled_job SET due_at = now() WHERE job_id = ?", child.value());

    assertThat(stalled.look()).contains(child.value());
  }

  private Client otherTenant() throws IOException {
    String tenant = "strangers-" + System.nanoTime();
    client.post("/api/v1/tenants", "{\"tenant\":\"%s\"}".formatted(tenant));
    HttpResponse<String> key =
        client.post(
            "/api/v1/keys",
            "{\"tenant\":\"%s\",\"scopes\":[\"read\",\"write\"]}".formatted(tenant));
    assertThat(key.statusCode()).as(key.body()).isEqualTo(201);
    return new Client(JSON.readTree(key.body()).get("key").asText());
  }

  private JsonNode retried(JobId job) throws IOException {
    HttpResponse<String> answer = client.post("/api/v1/jobs/" + job.external() + "/retry", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body());
  }

  private void assertRefused(String dependsOn, String pointer, String code) throws IOException {
    JsonNode problem = refused(",\"depends_on\":" + dependsOn);
    assertThat(problem.at("/errors/0/pointer").asText()).as(dependsOn).isEqualTo(pointer);
    assertThat(problem.at("/errors/0/code").asText()).as(dependsOn).isEqualTo(code);
  }

  private static String job(String more) {
    return "{\"runner_command\":[\"x\"]" + more + "}";
  }

  private JsonNode submit(String more) throws IOException {
    HttpResponse<String> answer = client.post("/api/v1/jobs", job(more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body());
  }

  private JsonNode refused(String more) throws IOException {
    HttpResponse<String> answer = client.post("/api/v1/jobs", job(more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    return JSON.readTree(answer.body());
  }

  private JsonNode batch(String... jobs) throws IOException {
    return JSON.readTree(
        client.post("/api/v1/jobs/batch", "{\"jobs\":[" + String.join(",", jobs) + "]}").body());
  }

  private JsonNode keyed(String key, String... jobs) throws IOException {
    return JSON.readTree(
        client
            .post(
                "/api/v1/jobs/batch",
                "{\"jobs\":[" + String.join(",", jobs) + "]}",
                "Idempotency-Key",
                key)
            .body());
  }

  private JsonNode read(String job) throws IOException {
    return JSON.readTree(client.get("/api/v1/jobs/" + job).body());
  }
}
