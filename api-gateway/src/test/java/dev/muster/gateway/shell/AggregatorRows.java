package dev.muster.gateway.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import dev.muster.testkit.Infrastructure;
import dev.muster.testkit.RealStack;
import io.vertx.core.Future;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes rows and records as the aggregator and the workers do. */
final class AggregatorRows implements AutoCloseable {
  private final Pool pool;
  private final KafkaProducer<String, byte[]> producer;

  AggregatorRows() {
    Map<String, String> config = RealStack.config(Infrastructure.shared(), "aggregator");
    pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(4))
            .connectingTo(
                PgConnectOptions.fromUri(config.get("quarkus.datasource.reactive.url"))
                    .setUser(config.get("quarkus.datasource.username"))
                    .setPassword(config.get("quarkus.datasource.password")))
            .build();
    producer = KafkaClients.producer(Infrastructure.shared().bootstrapServers());
  }

  @Override
  public void close() {
    await(pool.close());
    producer.close();
  }

  static TaskCounts counts(int leased, int running, int succeeded, int failed) {
    return new TaskCounts(2, leased, running, succeeded, failed, 0);
  }

  /** An event that is committed and, where that is wanted, published. */
  void event(JobId job, long seq, JobEvent.Kind kind, TaskCounts counts, boolean published) {
    String body = write(pool, job, seq, kind, counts);
    if (published) {
      publish(Topic.JOB_EVENTS.name(), job, body.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** An event whose transaction is still open; running the answer commits it. */
  Runnable uncommitted(JobId job, long seq, JobEvent.Kind kind, TaskCounts counts) {
    SqlConnection connection = await(pool.getConnection());
    var transaction = await(connection.begin());
    String body = write(connection, job, seq, kind, counts);
    return () -> {
      await(transaction.commit());
      await(connection.close());
      publish(Topic.JOB_EVENTS.name(), job, body.getBytes(StandardCharsets.UTF_8));
    };
  }

  private static String write(
      SqlClient client, JobId job, long seq, JobEvent.Kind kind, TaskCounts counts) {
    JobState state =
        switch (kind) {
          case SUBMITTED -> JobState.PLANNING;
          case PROGRESSED, STAGE_COMPLETED, CANCEL_REFUSED -> JobState.RUNNING;
          case RESULTS_DELETED -> JobState.COMPLETED;
          case BLOCKED,
              QUEUED,
              ASSIGNED,
              RUNNING,
              CANCELING,
              FINALIZING,
              COMPLETED,
              PARTIAL,
              FAILED,
              CANCELLED,
              EXPIRED ->
              JobState.valueOf(kind.name());
        };
    Instant now = Instant.now();
    JobEvent event =
        new JobEvent(
            job,
            seq,
            kind,
            state,
            "default",
            "default",
            now,
            counts,
            null,
            state == JobState.PARTIAL ? ErrorCode.EXIT_NONZERO : null,
            null);
    await(
        client
            .preparedQuery(
                "INSERT INTO aggregator.job (job_id, tenant, pool, state, shown, version, total,"
                    + " leased, running, succeeded, failed, cancelled, attempts_lost, retries,"
                    + " planned, leased_ever, started_ever, plan_failed, stopped, results_deleted, summary)"
                    + " VALUES ($1, 'default', 'default', $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0,"
                    + " true, true, true, false, false, $10,"
                    + " CASE WHEN $2 = 'COMPLETED' THEN '{\"n\":2}' END)"
                    + " ON CONFLICT (job_id) DO UPDATE SET state = $2, shown = $3, version = $4,"
                    + " leased = $6, running = $7, succeeded = $8, failed = $9, assigned_at ="
                    + " CASE WHEN $2 = 'ASSIGNED' THEN now() ELSE job.assigned_at END,"
                    + " summary = excluded.summary, results_deleted = excluded.results_deleted")
            .execute(
                Tuple.from(
                    List.of(
                        job.value(),
                        state.name(),
                        state.nativeWord(""),
                        seq,
                        counts.total(),
                        counts.leased(),
                        counts.running(),
                        counts.succeeded(),
                        counts.failed(),
                        kind == JobEvent.Kind.RESULTS_DELETED))));
    String body = Json.text(event);
    await(
        client
            .preparedQuery(
                "INSERT INTO aggregator.job_event (job_id, seq, kind, state, at, body, tenant)"
                    + " VALUES ($1, $2, $3, $4, $5, $6, 'default')")
            .execute(
                Tuple.of(
                    job.value(),
                    seq,
                    kind.name(),
                    state.name(),
                    OffsetDateTime.ofInstant(now, ZoneOffset.UTC),
                    body)));
    return body;
  }

  /** Says how long ago a job ended. */
  void ended(JobId job, String ago) {
    execute(
        "UPDATE aggregator.job SET ended_at = now() - $2::text::interval WHERE job_id = $1",
        Tuple.of(job.value(), ago));
  }

  /** Publishes the last words of an event again, as a relay may. */
  void again(JobId job) {
    publish(Topic.JOB_EVENTS.name(), job, "{}".getBytes(StandardCharsets.UTF_8));
  }

  void task(
      JobId job, int index, String state, @Nullable String result, @Nullable String lastFailed) {
    execute(
        "INSERT INTO aggregator.task (job_id, index, state, attempt, epoch, worker, result,"
            + " attempts, last_failed, run_millis) VALUES ($1, $2, $3, 1, 1, 'host-1', $4, $5, $6,"
            + " 5)",
        Tuple.tuple()
            .addString(job.value())
            .addInteger(index)
            .addString(state)
            .addString(result)
            .addString("[{\"attempt\":1,\"worker\":\"host-1\"}]")
            .addString(lastFailed));
  }

  void taskLeased(JobId job) {
    publish(
        Topic.TASK_EVENTS.name(),
        job,
        Json.bytes(
            Topic.TASK_EVENTS,
            new Message<>(
                Instant.now(),
                List.of(new TaskEvent.TaskLeased(0, 1, 1, new WorkerId("host-1"))))));
  }

  void outputWritten(JobId job, long offset, String text) {
    publish(
        Topic.PROGRESS.name(),
        job,
        Json.bytes(
            Topic.PROGRESS,
            new Message<>(
                Instant.now(),
                List.of(
                    new ProgressEvent.OutputWritten(
                        new AttemptRef(job, 0, 1, 1),
                        ProgressEvent.Stream.STDOUT,
                        offset,
                        text.length(),
                        text)))));
  }

  void publish(String topic, JobId job, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, job.value(), value)).get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql, Tuple arguments) {
    await(pool.preparedQuery(sql).execute(arguments));
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
