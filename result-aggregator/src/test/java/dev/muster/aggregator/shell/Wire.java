package dev.muster.aggregator.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import dev.muster.testkit.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The other services' side of the topics. */
final class Wire implements AutoCloseable {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final String bootstrapServers;
  private final Producer<String, byte[]> producer;

  Wire(Infrastructure infrastructure) {
    bootstrapServers = infrastructure.bootstrapServers();
    producer = KafkaClients.producer(bootstrapServers);
  }

  void submitted(JobId job, JobSpec spec) {
    send(submission(job, spec));
  }

  void planned(JobId job, JobSpec spec) {
    send(plan(job, spec));
  }

  void happened(JobId job, TaskEvent... events) {
    send(tasks(job, List.of(events)));
  }

  void cancelRequested(JobId job, String reason) {
    send(cancellation(job, reason));
  }

  void resultsDeleted(JobId job, SubmissionEvent.ResultsDeleted.Reason reason) {
    send(
        record(
            Topic.SUBMISSIONS,
            job.value(),
            List.of(new SubmissionEvent.ResultsDeleted(job, reason))));
  }

  void asked(JobId job, SubmissionEvent event) {
    send(record(Topic.SUBMISSIONS, job.value(), List.of(event)));
  }

  /** The CloudEvents ids of a job's published records, in their order. */
  List<String> publishedIds(JobId job) {
    return read(Topic.JOB_EVENTS).stream()
        .filter(record -> record.key().equals(job.value()))
        .map(record -> String.valueOf(Headers.text(record, "ce_id")))
        .toList();
  }

  void progressed(JobId job, ProgressEvent... events) {
    send(record(Topic.PROGRESS, job.value(), List.of(events)));
  }

  static ProducerRecord<String, byte[]> submission(JobId job, JobSpec spec) {
    return record(
        Topic.SUBMISSIONS,
        job.value(),
        List.of(new SubmissionEvent.JobSubmitted(job, spec, now())));
  }

  static ProducerRecord<String, byte[]> submission(JobId job, JobSpec spec, long holdNanos) {
    return record(
        Topic.SUBMISSIONS,
        job.value(),
        List.of(
            new SubmissionEvent.JobSubmitted(job, spec, now()),
            new SubmissionEvent.CreditHeld(job, spec.tenant(), holdNanos)));
  }

  static ProducerRecord<String, byte[]> cancellation(JobId job, String reason) {
    return record(
        Topic.SUBMISSIONS,
        job.value(),
        List.of(new SubmissionEvent.JobCancelRequested(job, reason)));
  }

  static ProducerRecord<String, byte[]> grant(JobId grant, String tenant, long nanos) {
    return record(
        Topic.SUBMISSIONS,
        grant.value(),
        List.of(new SubmissionEvent.CreditGranted(grant, tenant, nanos, "it")));
  }

  static ProducerRecord<String, byte[]> plan(JobId job, JobSpec spec) {
    RunSpec run =
        new RunSpec(spec.runnerCommand(), spec.requirements(), spec.retry(), spec.timeoutSeconds());
    return record(
        Topic.PLANS,
        spec.pool(),
        List.of(
            new PlanEvent.JobPlanned(
                job, spec.tenant(), spec.pool(), 0, spec.taskCount(), spec.carried(), run)));
  }

  static ProducerRecord<String, byte[]> tasks(JobId job, List<TaskEvent> events) {
    return record(Topic.TASK_EVENTS, job.value(), events);
  }

  /** The time as a database would have said it. */
  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  void send(ProducerRecord<String, byte[]> record) {
    producer.send(record);
    producer.flush();
  }

  void sendAll(List<ProducerRecord<String, byte[]>> records) {
    records.forEach(producer::send);
    producer.flush();
  }

  /** All events of a job on the public topic so far, in the order of the topic. */
  List<JobEvent> published(JobId job) {
    return read(Topic.JOB_EVENTS).stream()
        .filter(record -> job.value().equals(record.key()))
        .map(
            record -> Json.read(new String(record.value(), StandardCharsets.UTF_8), JobEvent.class))
        .toList();
  }

  /** All bodies on a topic so far. */
  List<String> allOf(Topic<?> topic) {
    return read(topic).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<ConsumerRecord<String, byte[]>> read(Topic<?> topic) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = KafkaClients.consumer(bootstrapServers, 500)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(found::add);
      }
    }
    return found;
  }

  @Override
  public void close() {
    producer.close();
  }

  private static <E> ProducerRecord<String, byte[]> record(
      Topic<E> topic, String key, List<E> events) {
    byte[] body = Json.bytes(topic, new Message<>(Instant.now(), events));
    return Headers.add(
        new ProducerRecord<>(topic.name(), key, body),
        "it",
        topic.ceType(),
        "/muster/it",
        Instant.now(),
        TRACE);
  }
}
