package dev.muster.contracts;

import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A topic of the platform.
 *
 * @param name its name on the broker
 * @param ceType the CloudEvents type of its records; {@code job.events} has one per {@link
 *     JobEvent.Kind} instead
 * @param family the event family its messages list; for {@code job.events} the record body itself
 * @param partitions default number of partitions
 * @param retention how long records are kept
 * @param <E> the event family
 */
public record Topic<E>(
    String name, String ceType, Class<E> family, int partitions, Duration retention) {
  /**
   * Partitions of the pool topics; partition n belongs to dispatch shard n, so all three have the
   * same number.
   */
  public static final int SHARDS = 4;

  /** Key: job. From the gateway to planner and aggregator. */
  public static final Topic<SubmissionEvent> SUBMISSIONS =
      new Topic<>(
          "muster.job.submissions",
          "dev.muster.job.submissions.v1",
          SubmissionEvent.class,
          4,
          Duration.ofDays(7));

  /** Key: pool; partition: its shard. From the planner to dispatcher and aggregator. */
  public static final Topic<PlanEvent> PLANS =
      new Topic<>(
          "muster.task.plans",
          "dev.muster.task.plans.v1",
          PlanEvent.class,
          SHARDS,
          Duration.ofDays(7));

  /** Key: worker; partition: {@link #mailPartition}. From the dispatcher to one worker. */
  public static final Topic<MailEvent> ASSIGNMENTS =
      new Topic<>(
          "muster.task.assignments",
          "dev.muster.task.assignments.v1",
          MailEvent.class,
          8,
          Duration.ofDays(1));

  /** Key: worker; partition: the pool's shard. From workers to the dispatcher. */
  public static final Topic<WorkerEvent> HEARTBEATS =
      new Topic<>(
          "muster.worker.heartbeats",
          "dev.muster.worker.heartbeats.v1",
          WorkerEvent.class,
          SHARDS,
          Duration.ofDays(1));

  /** Key: worker; partition: the pool's shard. From workers to the dispatcher. */
  public static final Topic<ReportEvent> RESULTS =
      new Topic<>(
          "muster.task.results",
          "dev.muster.task.results.v1",
          ReportEvent.class,
          SHARDS,
          Duration.ofDays(7));

  /** Key: job. From workers to aggregator and gateway; best effort. */
  public static final Topic<ProgressEvent> PROGRESS =
      new Topic<>(
          "muster.task.progress",
          "dev.muster.task.progress.v1",
          ProgressEvent.class,
          4,
          Duration.ofHours(6));

  /** Key: job. From the dispatcher to aggregator and planner. */
  public static final Topic<TaskEvent> TASK_EVENTS =
      new Topic<>(
          "muster.task.events",
          "dev.muster.task.events.v1",
          TaskEvent.class,
          4,
          Duration.ofDays(7));

  /** Key: job; one event a record. From the aggregator to everyone: the public contract. */
  public static final Topic<JobEvent> JOB_EVENTS =
      new Topic<>(
          "muster.job.events", JobEvent.CE_TYPE_PREFIX, JobEvent.class, 4, Duration.ofDays(30));

  /**
   * Key: tenant; one partition, since little is said. From the gateway to the aggregator; what
   * became of endpoints from the aggregator to everyone.
   */
  public static final Topic<WebhookEvent> WEBHOOKS =
      new Topic<>(
          "muster.webhook.events",
          "dev.muster.webhook.events.v1",
          WebhookEvent.class,
          1,
          Duration.ofDays(30));

  /** What could not be read, byte for byte, with headers that say where it came from and why. */
  public static final Topic<byte[]> DEAD_LETTERS =
      new Topic<>(
          "muster.dead.letters",
          "dev.muster.dead.letters.v1",
          byte[].class,
          1,
          Duration.ofDays(30));

  /** Every topic. */
  public static final List<Topic<?>> ALL =
      List.of(
          SUBMISSIONS,
          PLANS,
          ASSIGNMENTS,
          HEARTBEATS,
          RESULTS,
          PROGRESS,
          TASK_EVENTS,
          JOB_EVENTS,
          WEBHOOKS,
          DEAD_LETTERS);

  /** The dispatch shard of a pool, 0 to {@link #SHARDS} - 1: CRC-32C of its name. */
  public static int shardOf(String pool) {
    return bucket(pool, SHARDS);
  }

  /** The partition of {@link #ASSIGNMENTS} in which a worker finds its mail. */
  public static int mailPartition(String workerId) {
    return bucket(workerId, ASSIGNMENTS.partitions());
  }

  /**
   * A number from 0 to {@code buckets} - 1 that is the same for equal texts for ever: CRC-32C of
   * the UTF-8 bytes.
   */
  public static int bucket(String text, int buckets) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) (sum.getValue() % buckets);
  }
}
