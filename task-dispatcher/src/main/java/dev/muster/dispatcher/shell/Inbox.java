package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.PoolCommand;
import dev.muster.dispatcher.pool.Pools;
import dev.muster.kit.Decoded;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one poll into the pools. Cancellations come first and heartbeats last, so
 * that a report is taken before its worker's news make it look missing.
 */
final class Inbox {
  private static final Logger LOG = Logger.getLogger(Inbox.class);
  private static final Set<JobEvent.Kind> WANTED =
      Set.of(
          JobEvent.Kind.CANCELING,
          JobEvent.Kind.COMPLETED,
          JobEvent.Kind.PARTIAL,
          JobEvent.Kind.FAILED,
          JobEvent.Kind.CANCELLED,
          JobEvent.Kind.EXPIRED);

  private final Pools pools;
  private final Set<Integer> shards;
  private final Function<Set<JobId>, Set<JobId>> buried;
  private final List<OutboxRow> deadLetters = new ArrayList<>();

  /**
   * @param shards the owned shards
   * @param buried tells which of some jobs have a tombstone
   */
  Inbox(Pools pools, Set<Integer> shards, Function<Set<JobId>, Set<JobId>> buried) {
    this.pools = pools;
    this.shards = shards;
    this.buried = buried;
  }

  boolean hasDeadLetters() {
    return !deadLetters.isEmpty();
  }

  /** What could not be read since the last call. */
  List<OutboxRow> takeDeadLetters() {
    List<OutboxRow> taken = List.copyOf(deadLetters);
    deadLetters.clear();
    return taken;
  }

  void read(ConsumerRecords<String, byte[]> records, Instant now, Effects out) {
    for (ConsumerRecord<String, byte[]> record : records.records(Topic.JOB_EVENTS.name())) {
      readJobEvent(record, now, out);
    }
    readPlans(records, now, out);
    for (ConsumerRecord<String, byte[]> record : records.records(Topic.RESULTS.name())) {
      readReports(record, now, out);
    }
    for (ConsumerRecord<String, byte[]> record : records.records(Topic.HEARTBEATS.name())) {
      readHeartbeats(record, now, out);
    }
  }

  private void readJobEvent(ConsumerRecord<String, byte[]> record, Instant now, Effects out) {
    if (!wanted(Headers.text(record, "ce_type"))) {
      return;
    }
    JobEvent event;
    try {
      event = Json.MAPPER.readValue(record.value(), JobEvent.class);
    } catch (IOException | IllegalArgumentException e) {
      bury(record, "Expected a job event, but " + e.getMessage());
      return;
    }
    if (!shards.contains(Topic.shardOf(event.pool())) || !WANTED.contains(event.kind())) {
      return;
    }
    PoolCommand command =
        event.kind() == JobEvent.Kind.CANCELING
            ? new PoolCommand.Cancel(event.job())
            : new PoolCommand.Close(event.job());
    pools.job(event.pool(), command, now, out);
  }

  private static boolean wanted(@Nullable String type) {
    if (type == null) {
      return true;
    }
    for (JobEvent.Kind kind : WANTED) {
      if (type.equals(
          Topic.JOB_EVENTS.ceType() + "." + kind.name().toLowerCase(Locale.ROOT) + ".v1")) {
        return true;
      }
    }
    return false;
  }

  private void readPlans(ConsumerRecords<String, byte[]> records, Instant now, Effects out) {
    List<Decoded.Readable<PlanEvent>> plans = new ArrayList<>();
    Set<JobId> unknown = new HashSet<>();
    for (ConsumerRecord<String, byte[]> record : records.records(Topic.PLANS.name())) {
      switch (Decoded.of(Topic.PLANS, record)) {
        case Decoded.Unreadable<PlanEvent> unreadable -> bury(record, unreadable.reason());
        case Decoded.Readable<PlanEvent> readable -> {
          if (Topic.shardOf(readable.key()) != record.partition()) {
            bury(record, "Expected a plan of this partition's pools, but it is of another");
          } else {
            plans.add(readable);
            readable.message().events().forEach(event -> note(event.job(), unknown));
          }
        }
      }
    }
    Set<JobId> dead = unknown.isEmpty() ? Set.of() : buried.apply(unknown);
    for (Decoded.Readable<PlanEvent> plan : plans) {
      for (PlanEvent event : plan.message().events()) {
        if (!dead.contains(event.job())) {
          LOG.debugf("plan of %s, trace %s", event.job(), plan.traceparent());
          pools.plan(plan.key(), event, plan.traceparent(), now, out);
        }
      }
    }
  }

  private void note(JobId job, Set<JobId> unknown) {
    if (!pools.knows(job)) {
      unknown.add(job);
    }
  }

  private void readReports(ConsumerRecord<String, byte[]> record, Instant now, Effects out) {
    switch (Decoded.of(Topic.RESULTS, record)) {
      case Decoded.Unreadable<ReportEvent> unreadable -> bury(record, unreadable.reason());
      case Decoded.Readable<ReportEvent> readable -> {
        WorkerId from;
        try {
          from = new WorkerId(readable.key());
        } catch (IllegalArgumentException e) {
          bury(record, e.getMessage());
          return;
        }
        for (ReportEvent report : readable.message().events()) {
          pools.report(record.partition(), from, report, now, out);
        }
      }
    }
  }

  private void readHeartbeats(ConsumerRecord<String, byte[]> record, Instant now, Effects out) {
    switch (Decoded.of(Topic.HEARTBEATS, record)) {
      case Decoded.Unreadable<WorkerEvent> unreadable -> bury(record, unreadable.reason());
      case Decoded.Readable<WorkerEvent> readable -> {
        for (WorkerEvent event : readable.message().events()) {
          if (inPlace(event, record.partition())) {
            pools.hear(event, now, out);
          } else {
            bury(record, "Expected a worker of this partition's pools, but it is of another");
          }
        }
      }
    }
  }

  private static boolean inPlace(WorkerEvent event, int partition) {
    return switch (event) {
      case WorkerEvent.WorkerRegistered e -> Topic.shardOf(e.pool()) == partition;
      case WorkerEvent.WorkerHeartbeat e -> Topic.shardOf(e.pool()) == partition;
      case WorkerEvent.WorkerStopped e -> true;
    };
  }

  private void bury(ConsumerRecord<String, byte[]> record, @Nullable String reason) {
    String why = reason == null ? "Expected a record that can be read, but it cannot be" : reason;
    LOG.warnf("%s (%s/%d at %d)", why, record.topic(), record.partition(), record.offset());
    deadLetters.add(OutboxRow.deadLetter(record, why));
  }
}
