package dev.muster.planner.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Tx;
import dev.muster.planner.plan.PlanFact;
import dev.muster.planner.plan.TaskSplitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes facts into the outbox, one record for all that is said about a job in a row, cut where a
 * record would grow too large. Rows go to the database as they fill up, so that a large part of a
 * list never lies in memory as a whole.
 */
final class PlanPublisher {
  private static final int RECORD_CHARS_MAX = 128 * 1024;
  private static final int ROWS_BYTES_MAX = 4 * 1024 * 1024;

  private final Tx tx;
  private final Instant now;
  private final List<OutboxRow> rows = new ArrayList<>();
  private int rowsBytes;
  private final List<PlanEvent> events = new ArrayList<>();
  private int eventsChars;
  private @Nullable JobId job;
  private @Nullable String pool;
  private @Nullable String traceparent;

  PlanPublisher(Tx tx, Instant now) {
    this.tx = tx;
    this.now = now;
  }

  /** Says what a fact says. */
  void publish(JobId ofJob, @Nullable String ofTrace, PlanFact fact) {
    @Nullable String ofPool = poolOf(fact);
    if (ofPool == null) {
      return;
    }
    if (!ofJob.equals(job) || !java.util.Objects.equals(ofTrace, traceparent)) {
      endRecord();
      job = ofJob;
      pool = ofPool;
      traceparent = ofTrace;
    }
    TaskSplitter.publish(ofJob, fact, this::add);
  }

  /** A record that can never be read. */
  void deadLetter(Inbox.Dead dead) {
    endRecord();
    addRow(OutboxRow.deadLetter(dead.record(), dead.reason()));
  }

  /** Writes what is left. */
  void end() {
    endRecord();
    tx.send(rows);
    rows.clear();
  }

  private void add(PlanEvent event) {
    int chars = charsOf(event);
    if (eventsChars + chars > RECORD_CHARS_MAX) {
      endRecord();
    }
    events.add(event);
    eventsChars += chars;
  }

  private void endRecord() {
    if (events.isEmpty() || pool == null) {
      return;
    }
    addRow(
        OutboxRow.of(
            Topic.PLANS, Topic.shardOf(pool), pool, traceparent, now, List.copyOf(events)));
    events.clear();
    eventsChars = 0;
  }

  private void addRow(OutboxRow row) {
    rows.add(row);
    rowsBytes += row.value().length;
    if (rowsBytes > ROWS_BYTES_MAX) {
      tx.send(rows);
      rows.clear();
      rowsBytes = 0;
    }
  }

  private static int charsOf(PlanEvent event) {
    return switch (event) {
      case PlanEvent.JobPlanned planned -> 1_000;
      case PlanEvent.PlanFailed failed -> 1_000;
      case PlanEvent.JobBlocked blocked -> 100 + 32 * blocked.waitingFor().size();
      case PlanEvent.TasksPlanned planned -> {
        int chars = planned.template() == null ? 100 : 100 + planned.template().payload().length();
        for (String payload : planned.payloads()) {
          chars += payload.length();
        }
        yield chars;
      }
    };
  }

  private static @Nullable String poolOf(PlanFact fact) {
    return switch (fact) {
      case PlanFact.JobAccepted accepted -> accepted.spec().pool();
      case PlanFact.AllTasksPlanned all -> all.spec().pool();
      case PlanFact.StagePlanned planned -> planned.spec().pool();
      case PlanFact.ChunkPlanned planned -> planned.spec().pool();
      case PlanFact.PlanRefused refused -> refused.spec().pool();
      case PlanFact.JobHeld held -> held.spec().pool();
      case PlanFact.ParentsMet met -> null;
      case PlanFact.ChunkParked parked -> null;
      case PlanFact.PlanClosed closed -> null;
      case PlanFact.JobEnded ended -> null;
    };
  }
}
