package dev.muster.planner.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.job.TaskCounts;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The planner's neighbours: gateway and aggregator write, the dispatcher reads. */
final class Wire implements AutoCloseable {
  /** The trace of everything that is sent. */
  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final Producer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> plans;
  private final KafkaConsumer<String, byte[]> deadLetters;
  private final Map<JobId, List<PlanEvent>> said = new HashMap<>();
  private final Map<String, Integer> traces = new HashMap<>();
  private final List<String> dead = new ArrayList<>();

  Wire(String bootstrapServers) {
    producer = KafkaClients.producer(bootstrapServers);
    plans = reader(bootstrapServers, Topic.PLANS);
    deadLetters = reader(bootstrapServers, Topic.DEAD_LETTERS);
  }

  private static KafkaConsumer<String, byte[]> reader(String servers, Topic<?> topic) {
    KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(servers, 1_000);
    consumer.assign(
        IntStream.range(0, topic.partitions())
            .mapToObj(p -> new TopicPartition(topic.name(), p))
            .toList());
    return consumer;
  }

  void submit(JobId job, JobSpec spec) {
    send(job, new SubmissionEvent.JobSubmitted(job, spec, Instant.EPOCH));
  }

  void send(JobId job, SubmissionEvent event) {
    raw(
        Topic.SUBMISSIONS,
        job,
        Topic.SUBMISSIONS.ceType(),
        Json.bytes(Topic.SUBMISSIONS, new Message<>(Instant.EPOCH, List.of(event))));
  }

  void stageCompleted(JobId job, int stage) {
    JobEvent.Kind kind = JobEvent.Kind.STAGE_COMPLETED;
    jobEvent(
        job,
        kind,
        new JobEvent(
            job,
            2,
            kind,
            JobState.RUNNING,
            "acme",
            "default",
            Instant.EPOCH,
            TaskCounts.ZERO,
            null,
            null,
            null,
            null,
            0,
            0,
            null,
            null,
            null,
            null,
            null,
            null,
            stage,
            null));
  }

  void jobEvent(JobId job, JobEvent.Kind kind, JobState state) {
    JobEvent event =
        new JobEvent(
            job,
            2,
            kind,
            state,
            "acme",
            "default",
            Instant.EPOCH,
            TaskCounts.ZERO,
            null,
            null,
            null);
    jobEvent(job, kind, event);
  }

  private void jobEvent(JobId job, JobEvent.Kind kind, JobEvent event) {
    raw(
        Topic.JOB_EVENTS,
        job,
        Topic.JOB_EVENTS.ceType() + "." + kind.name().toLowerCase(java.util.Locale.ROOT) + ".v1",
        Json.text(event).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  void raw(Topic<?> topic, JobId job, String type, byte[] value) {
    producer.send(
        Headers.add(
            new ProducerRecord<>(topic.name(), job.value(), value),
            "test",
            type,
            "/muster/test",
            Instant.EPOCH,
            TRACE));
  }

  /** All that was said about a job by now. */
  List<PlanEvent> said(JobId job) {
    for (ConsumerRecord<String, byte[]> record : plans.poll(Duration.ofMillis(5))) {
      if (Decoded.of(Topic.PLANS, record) instanceof Decoded.Readable<PlanEvent> readable) {
        for (PlanEvent event : readable.message().events()) {
          said.computeIfAbsent(event.job(), j -> new ArrayList<>()).add(event);
        }
        traces.merge(String.valueOf(readable.traceparent()), 1, Integer::sum);
      }
    }
    return said.getOrDefault(job, List.of());
  }

  /** How many tasks were planned of a job by now, repeats counted. */
  int planned(JobId job) {
    return said(job).stream()
        .filter(PlanEvent.TasksPlanned.class::isInstance)
        .mapToInt(event -> ((PlanEvent.TasksPlanned) event).count())
        .sum();
  }

  /** Whether something was planned of each job by now. */
  boolean allPlanned(List<JobId> jobs) {
    planned(jobs.getFirst());
    return said.keySet().containsAll(jobs);
  }

  /** Dead letters by now, as JSON. */
  List<String> dead() {
    for (ConsumerRecord<String, byte[]> record : deadLetters.poll(Duration.ofMillis(50))) {
      dead.add(new String(record.value(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return dead;
  }

  /** How many records of plans had this trace. */
  int recordsWithTrace(@Nullable String trace) {
    return traces.getOrDefault(String.valueOf(trace), 0);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    plans.close();
    deadLetters.close();
  }
}
