package dev.muster.agent.shell;

import dev.muster.contracts.Message;
import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.ProgressEvent.OutputWritten;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.MailEvent.Assignment;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.ReportEvent.AttemptFinished;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.contracts.worker.WorkerEvent.WorkerRegistered;
import dev.muster.kit.Decoded;
import dev.muster.kit.Json;
import dev.muster.kit.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/**
 * Plays the dispatcher for one worker on the real broker: hears all it says, mails what it is told.
 */
final class FakeDispatcher implements AutoCloseable {
  private static final AtomicInteger JOBS = new AtomicInteger();

  private final String worker;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private final List<WorkerEvent> words = new CopyOnWriteArrayList<>();
  private final List<ReportEvent> reports = new CopyOnWriteArrayList<>();
  private final List<ProgressEvent> progress = new CopyOnWriteArrayList<>();
  private final AtomicLong incarnation = new AtomicLong();
  private final long leaseMillis;
  private volatile boolean running = true;
  private volatile boolean welcoming = true;

  FakeDispatcher(String bootstrapServers, String worker, Duration lease) {
    this.worker = worker;
    this.leaseMillis = lease.toMillis();
    producer = KafkaClients.producer(bootstrapServers);
    consumer = KafkaClients.consumer(bootstrapServers, 1_000);
    List<TopicPartition> all = new ArrayList<>();
    for (Topic<?> topic : List.of(Topic.HEARTBEATS, Topic.RESULTS, Topic.PROGRESS)) {
      for (int i = 0; i < topic.partitions(); i++) {
        all.add(new TopicPartition(topic.name(), i));
      }
    }
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    thread = Thread.ofPlatform().daemon().start(this::run);
  }

  /** From now on registrations are answered, or not. */
  void welcome(boolean yes) {
    welcoming = yes;
  }

  long incarnation() {
    return incarnation.get();
  }

  List<WorkerEvent> words() {
    return words;
  }

  List<ReportEvent> reports() {
    return reports;
  }

  Stream<ProgressEvent> progressOf(AttemptRef ref) {
    return progress.stream().filter(event -> event.attempt().equals(ref));
  }

  String outputOf(AttemptRef ref) {
    return String.join(
        "",
        progressOf(ref)
            .filter(OutputWritten.class::isInstance)
            .map(event -> ((OutputWritten) event).text())
            .toList());
  }

  static JobId newJob() {
    return JobId.of(System.currentTimeMillis(), System.nanoTime(), JOBS.incrementAndGet());
  }

  static RunSpec run(int timeoutSeconds, String... command) {
    return new RunSpec(
        List.of(command), ResourceRequest.DEFAULT, RetryPolicy.DEFAULT, timeoutSeconds);
  }

  /** Leases one task to the worker. */
  AttemptRef assign(RunSpec run, String payload, String... devices) {
    return assign(newJob(), run, 1, payload, devices);
  }

  AttemptRef assign(JobId job, RunSpec run, int epoch, String payload, String... devices) {
    mail(
        new MailEvent.AttemptsAssigned(
            incarnation.get(),
            job,
            run,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            List.of(new Assignment(0, epoch, epoch, payload, List.of(devices)))));
    return new AttemptRef(job, 0, epoch, epoch);
  }

  void revoke(AttemptRef ref, MailEvent.Reason reason) {
    mail(new MailEvent.AttemptsRevoked(incarnation.get(), List.of(ref), reason));
  }

  void mail(MailEvent event) {
    producer.send(
        new ProducerRecord<>(
            Topic.ASSIGNMENTS.name(),
            Topic.mailPartition(worker),
            worker,
            Json.bytes(Topic.ASSIGNMENTS, new Message<>(Instant.now(), List.of(event)))));
    producer.flush();
  }

  AttemptEnd awaitEnd(AttemptRef ref) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> end(ref), Optional::isPresent)
        .orElseThrow();
  }

  Optional<AttemptEnd> end(AttemptRef ref) {
    return reports.stream()
        .filter(report -> report.attempt().equals(ref))
        .filter(AttemptFinished.class::isInstance)
        .map(report -> ((AttemptFinished) report).end())
        .findFirst();
  }

  void awaitReport(ReportEvent report) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> reports.contains(report));
  }

  @Override
  public void close() {
    running = false;
    consumer.wakeup();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(1));
  }

  private void run() {
    try (consumer) {
      while (running) {
        consumer.poll(Duration.ofMillis(200)).forEach(this::hear);
      }
    } catch (org.apache.kafka.common.errors.WakeupException e) {
      Assertions.assertThat(running).isFalse();
    }
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(Topic.PROGRESS.name())) {
      progress.addAll(events(Topic.PROGRESS, record));
    } else if (worker.equals(record.key())) {
      if (record.topic().equals(Topic.RESULTS.name())) {
        reports.addAll(events(Topic.RESULTS, record));
      } else {
        List<WorkerEvent> said = events(Topic.HEARTBEATS, record);
        words.addAll(said);
        for (WorkerEvent word : said) {
          if (word instanceof WorkerRegistered registered && welcoming) {
            incarnation.set(registered.incarnation());
            mail(
                new MailEvent.WorkerWelcomed(
                    registered.incarnation(), leaseMillis, Math.max(100, leaseMillis / 6)));
          }
        }
      }
    }
  }

  private static <E> List<E> events(Topic<E> topic, ConsumerRecord<String, byte[]> record) {
    return switch (Decoded.of(topic, record)) {
      case Decoded.Readable<E> readable -> readable.message().events();
      case Decoded.Unreadable<E> unreadable -> throw new AssertionError(unreadable.reason());
    };
  }
}
