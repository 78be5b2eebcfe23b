package dev.muster.planner.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.job.ParentEnd;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Headers;
import dev.muster.kit.Json;
import dev.muster.planner.plan.ItemChunk;
import dev.muster.planner.plan.PlanCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What a batch of records asks of the planner, in their order. */
final class Inbox {
  private static final Set<String> UNINTERESTING =
      Stream.of(JobEvent.Kind.values())
          .filter(kind ->
              !kind.isEnd()
                  && kind != JobEvent.Kind.CANCELING
                  && kind != JobEvent.Kind.STAGE_COMPLETED)
          .map(Inbox::ceType)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * One command and where it came from.
   *
   * @param job the job it is about
   * @param command what is asked
   * @param traceparent W3C trace context, or null
   * @param sending which sending of the submission it belongs to; null when to all of them
   */
  record Entry(
      JobId job, PlanCommand command, @Nullable String traceparent, @Nullable Integer sending) {}

  /**
   * A record that can never be read.
   *
   * @param record the record
   * @param reason one sentence
   */
  record Dead(ConsumerRecord<String, byte[]> record, String reason) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Dead> dead = new ArrayList<>();
  private final Set<JobId> parents = new TreeSet<>();

  /** Reads the records. */
  static Inbox of(Iterable<ConsumerRecord<String, byte[]>> records) {
    Inbox inbox = new Inbox();
    for (ConsumerRecord<String, byte[]> record : records) {
      if (record.topic().equals(Topic.JOB_EVENTS.name())) {
        inbox.addJobEvent(record);
      } else {
        inbox.addSubmission(record);
      }
    }
    return inbox;
  }

  /** An inbox with one dead record. */
  static Inbox ofDead(ConsumerRecord<String, byte[]> record, String reason) {
    Inbox inbox = new Inbox();
    inbox.dead.add(new Dead(record, reason));
    return inbox;
  }

  /** The commands, in order. */
  List<Entry> entries() {
    return entries;
  }

  /** The records that can never be read. */
  List<Dead> dead() {
    return dead;
  }

  /** Jobs that ended or that others wait for: of these it is worth looking who may go on. */
  Set<JobId> parents() {
    return parents;
  }

  boolean isEmpty() {
    return entries.isEmpty() && dead.isEmpty();
  }

  private void addSubmission(ConsumerRecord<String, byte[]> record) {
    switch (Decoded.of(Topic.SUBMISSIONS, record)) {
      case Decoded.Unreadable<SubmissionEvent> u -> dead.add(new Dead(record, u.reason()));
      case Decoded.Readable<SubmissionEvent> r -> {
        for (SubmissionEvent event : r.message().events()) {
          @Nullable PlanCommand command = commandOf(event);
          if (command != null) {
            entries.add(new Entry(event.job(), command, r.traceparent(), sendingOf(event)));
            if (command instanceof PlanCommand.Submit(JobSpec spec, var ended)
                && spec.dependsOn() != null) {
              parents.addAll(spec.dependsOn().jobs());
            }
          }
        }
      }
    }
  }

  private static @Nullable Integer sendingOf(SubmissionEvent event) {
    return switch (event) {
      case SubmissionEvent.JobSubmitted submitted -> submitted.sending();
      case SubmissionEvent.JobItemsListed listed -> listed.sending();
      case SubmissionEvent.JobCancelRequested requested -> null;
      case SubmissionEvent.CreditHeld held -> null;
      case SubmissionEvent.CreditGranted granted -> null;
      case SubmissionEvent.ResultsDeleted deleted -> null;
      case SubmissionEvent.JobReplayRequested requested -> null;
      case SubmissionEvent.JobRebuildRequested requested -> null;
    };
  }

  /** A wish to cancel is the aggregator's to decide; the planner follows its word. */
  private static @Nullable PlanCommand commandOf(SubmissionEvent event) {
    return switch (event) {
      case SubmissionEvent.JobSubmitted submitted ->
          new PlanCommand.Submit(submitted.spec(), ends(submitted.ended()));
      case SubmissionEvent.JobItemsListed listed ->
          new PlanCommand.ListItems(
              new ItemChunk(listed.chunk(), listed.firstItem(), listed.items()));
      case SubmissionEvent.JobCancelRequested requested -> null;
      // Money is the aggregator's.
      case SubmissionEvent.CreditHeld held -> null;
      case SubmissionEvent.ResultsDeleted deleted -> null;
      case SubmissionEvent.CreditGranted granted -> null;
      // Replays and rebuilds as well.
      case SubmissionEvent.JobReplayRequested requested -> null;
      case SubmissionEvent.JobRebuildRequested requested -> null;
    };
  }

  private static Map<JobId, JobState> ends(@Nullable List<ParentEnd> ended) {
    return ended == null
        ? Map.of()
        : ended.stream()
            .collect(Collectors.toMap(ParentEnd::job, ParentEnd::state, (one, same) -> one));
  }

  /** Most job events are none of the planner's business and are not even read. */
  private void addJobEvent(ConsumerRecord<String, byte[]> record) {
    String type = Headers.text(record, "ce_type");
    if (type != null && UNINTERESTING.contains(type)) {
      return;
    }
    try {
      JobEvent event = Json.MAPPER.readValue(record.value(), JobEvent.class);
      @Nullable PlanCommand command = commandOf(event);
      if (command != null) {
        entries.add(new Entry(event.job(), command, Headers.text(record, "traceparent"), null));
      }
      if (event.kind().isEnd()) {
        parents.add(event.job());
      }
    } catch (IOException | RuntimeException e) {
      dead.add(
          new Dead(record, "Expected an event of " + record.topic() + ", but " + e.getMessage()));
    }
  }

  private static @Nullable PlanCommand commandOf(JobEvent event) {
    if (event.kind().isEnd()) {
      return new PlanCommand.End(event.state());
    }
    if (event.kind() == JobEvent.Kind.CANCELING) {
      return new PlanCommand.Close();
    }
    return event.kind() == JobEvent.Kind.STAGE_COMPLETED && event.stage() != null
        ? new PlanCommand.CompleteStage(event.stage())
        : null;
  }

  private static String ceType(JobEvent.Kind kind) {
    return Topic.JOB_EVENTS.ceType() + "." + kind.name().toLowerCase(java.util.Locale.ROOT) + ".v1";
  }
}
