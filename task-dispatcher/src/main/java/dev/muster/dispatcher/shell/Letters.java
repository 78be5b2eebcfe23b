package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.dispatcher.pool.Mail;
import dev.muster.kit.AttemptRight;
import dev.muster.kit.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what workers must be told into records: one per worker, in order; leases of one job that
 * follow each other share their command. A record is cut when it grows long.
 */
final class Letters {
  /** Characters of payload after which a record is closed. */
  private static final int RECORD_CHARS = 512 * 1024;

  /** How much longer than its command a right lives: it waits before, and leaves files after. */
  private static final Duration RIGHT_SLACK = Duration.ofHours(1);

  private final Payloads payloads;
  private final Duration lease;
  private final Duration heartbeat;

  Letters(Payloads payloads, Duration lease, Duration heartbeat) {
    this.payloads = payloads;
    this.lease = lease;
    this.heartbeat = heartbeat;
  }

  List<OutboxRow> write(List<Mail> mail, Instant at) {
    Map<WorkerId, List<Mail>> byWorker = new LinkedHashMap<>();
    for (Mail letter : mail) {
      byWorker.computeIfAbsent(letter.worker(), worker -> new ArrayList<>()).add(letter);
    }
    List<OutboxRow> rows = new ArrayList<>();
    byWorker.forEach((worker, letters) -> new Envelope(worker, at, rows).fill(letters));
    return rows;
  }

  /** The records of one worker, while they are written. */
  private final class Envelope {
    private final WorkerId worker;
    private final Instant at;
    private final List<OutboxRow> rows;
    private final List<MailEvent> events = new ArrayList<>();
    private final List<MailEvent.Assignment> assignments = new ArrayList<>();
    private final List<AttemptRef> revoked = new ArrayList<>();
    private Mail.@Nullable Assign assigned;
    private Mail.@Nullable Revoke revocation;
    private @Nullable String traceparent;
    private int chars;

    Envelope(WorkerId worker, Instant at, List<OutboxRow> rows) {
      this.worker = worker;
      this.at = at;
      this.rows = rows;
    }

    void fill(List<Mail> letters) {
      for (Mail letter : letters) {
        switch (letter) {
          case Mail.Welcome welcome -> {
            closeEvents();
            events.add(
                new MailEvent.WorkerWelcomed(
                    welcome.incarnation(), lease.toMillis(), heartbeat.toMillis()));
          }
          case Mail.Assign assign -> assign(assign);
          case Mail.Revoke revoke -> revoke(revoke);
        }
      }
      closeRecord();
    }

    private void assign(Mail.Assign assign) {
      Mail.Assign last = assigned;
      if (last == null
          || !last.job().job().equals(assign.job().job())
          || last.incarnation() != assign.incarnation()) {
        closeEvents();
      }
      String payload = payloads.of(assign);
      if (chars + payload.length() > RECORD_CHARS && chars > 0) {
        closeRecord();
      }
      chars += payload.length() + 250;
      assigned = assign;
      AttemptRef ref = assign.attempt();
      assignments.add(
          new MailEvent.Assignment(
              ref.index(),
              ref.attempt(),
              ref.epoch(),
              payload,
              assign.devices(),
              right(ref, assign.job().run()),
              assign.gang()));
    }

    /** Signed here, so that a worker can neither make rights nor widen them. */
    private @Nullable String right(AttemptRef attempt, RunSpec run) {
      FileAccess files = run.files();
      return files == null || files.key() == null
          ? null
          : new AttemptRight(attempt, at.plusSeconds(run.timeoutSeconds()).plus(RIGHT_SLACK))
              .signed(files.key());
    }

    private void revoke(Mail.Revoke revoke) {
      Mail.Revoke last = revocation;
      if (last == null
          || last.reason() != revoke.reason()
          || last.incarnation() != revoke.incarnation()) {
        closeEvents();
      }
      revocation = revoke;
      chars += 100;
      revoked.add(revoke.attempt());
    }

    private void closeEvents() {
      Mail.Assign share = assigned;
      if (share != null) {
        String trace = share.job().traceparent();
        events.add(
            new MailEvent.AttemptsAssigned(
                share.incarnation(),
                share.job().job(),
                share.job().run().withoutKey(),
                trace,
                assignments));
        traceparent = traceparent == null ? trace : traceparent;
        assignments.clear();
        assigned = null;
      }
      Mail.Revoke why = revocation;
      if (why != null) {
        events.add(new MailEvent.AttemptsRevoked(why.incarnation(), revoked, why.reason()));
        revoked.clear();
        revocation = null;
      }
    }

    private void closeRecord() {
      closeEvents();
      if (!events.isEmpty()) {
        int partition = Topic.mailPartition(worker.value());
        rows.add(
            OutboxRow.of(Topic.ASSIGNMENTS, partition, worker.value(), traceparent, at, events));
        events.clear();
        traceparent = null;
        chars = 0;
      }
    }
  }
}
