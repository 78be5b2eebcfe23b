package dev.muster.gateway.shell;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.AttemptRight;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs that have run, as the aggregator's rows say; workers' files come by HTTP as they do. */
final class EndedJobs implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Pool aggregator;
  private final Client client;

  EndedJobs(Client client) {
    this.client = client;
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    aggregator =
        PgBuilder.pool()
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .build();
  }

  @Override
  public void close() {
    aggregator.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Submits a job of so many tasks. */
  JobId submitted(int tasks) throws Exception {
    String fanOut =
        tasks == 1
            ? ""
            : ",\"payload\":{},\"fan_out\":{\"chunks\":%d,\"total\":%d,\"range_field\":\"n\"}"
                .formatted(tasks, tasks);
    HttpResponse<String> answer =
        client.post("/api/v1/jobs", "{\"runner_command\":[\"true\"]" + fanOut + "}");
    return JobId.parse(JSON.readTree(answer.body()).get("job_id").asText());
  }

  /** A task that ended. */
  void task(JobId job, int index, String state, @Nullable String result) {
    execute(
        "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, result)"
            + " VALUES ($1, $2, $3, 1, 1, $4)",
        Tuple.of(job.value(), index, state, result));
  }

  /** What a task wrote. */
  void output(JobId job, int index, String text) {
    execute(
        "INSERT INTO aggregator.task_output (job_id, index, attempt, epoch, head, tail, bytes, gaps,"
            + " updated_at) VALUES ($1, $2, 1, 1, $3, '', length($3), 0, now())",
        Tuple.of(job.value(), index, text));
  }

  /** So many characters at the beginning of a task's output were written to standard error. */
  void errors(JobId job, int index, int characters) {
    execute(
        "UPDATE aggregator.task_output SET head_errors = $3 WHERE job_id = $1 AND index = $2",
        Tuple.of(job.value(), index, "0+" + characters));
  }

  /** The job ends, a while ago. */
  void ended(JobId job, String state, int tasks, int succeeded, Instant at) {
    String word =
        state.equals("CANCELLED") ? "cancelled" : state.toLowerCase(java.util.Locale.ROOT);
    execute(
        "INSERT INTO aggregator.job (job_id, tenant, pool, state, shown, version, total, leased,"
            + " running, succeeded, failed, cancelled, attempts_lost, retries, planned,"
            + " leased_ever, started_ever, plan_failed, stopped, created_at, ended_at, summary,"
            + " aggregate) VALUES ($1, 'default', 'default', $2, $3, 5, $4, 0, 0, $5, $6, 0, 0, 0,"
            + " true, true, true, false, false, $7, $7, '{\"tasks\":1}', '{\"loss\":0.25}')",
        Tuple.of(
            job.value(),
            state,
            word,
            tasks,
            succeeded,
            tasks - succeeded,
            OffsetDateTime.ofInstant(at, ZoneOffset.UTC)));
  }

  /** The first attempt of a task leaves a file. */
  HttpResponse<String> leaves(Secrets secrets, JobId job, int task, String name, byte[] bytes) {
    String right =
        new AttemptRight(new AttemptRef(job, task, 1, 1), Instant.now().plusSeconds(60))
            .signed(secrets.jobKey(job));
    return Client.send(
        client
            .request("/worker/v1/artifacts?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
            .setHeader("Authorization", "Attempt " + right)
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(bytes))
            .build());
  }

  RowSet<Row> execute(String sql, Tuple arguments) {
    return aggregator
        .preparedQuery(sql)
        .execute(arguments)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
