package dev.muster.dispatcher.simulation;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.worker.Capacity;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.pool.Mail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A worker that obeys the protocol, but may die, freeze, and be slow. */
final class FakeWorker {
  final WorkerId id;
  final Capacity capacity;
  private final SplittableRandom random;
  private final Map<AttemptRef, Boolean> held = new LinkedHashMap<>();
  private final Map<AttemptRef, ReportEvent> ended = new HashMap<>();
  final List<ReportEvent> reports = new ArrayList<>();
  long incarnation = 1;
  boolean welcome;
  int frozenRounds;

  FakeWorker(WorkerId id, Capacity capacity, SplittableRandom random) {
    this.id = id;
    this.capacity = capacity;
    this.random = random;
  }

  WorkerEvent speak(String pool) {
    return welcome
        ? new WorkerEvent.WorkerHeartbeat(
            id, incarnation, pool, capacity, List.copyOf(held.keySet()), false)
        : new WorkerEvent.WorkerRegistered(id, incarnation, pool, capacity);
  }

  void die() {
    incarnation++;
    welcome = false;
    held.clear();
    ended.clear();
  }

  void open(Mail mail) {
    if (mail.incarnation() != incarnation) {
      return;
    }
    switch (mail) {
      case Mail.Welcome w -> welcome = true;
      case Mail.Assign assign -> {
        ReportEvent again = ended.get(assign.attempt());
        if (again != null) {
          reports.add(again);
        } else {
          held.putIfAbsent(assign.attempt(), false);
        }
      }
      case Mail.Revoke revoke -> revoked(revoke);
    }
  }

  private void revoked(Mail.Revoke revoke) {
    AttemptRef ref = revoke.attempt();
    Boolean started = held.get(ref);
    switch (revoke.reason()) {
      case CANCELLED -> {
        if (started != null) {
          end(ref, AttemptEnd.Status.CANCELLED);
        }
      }
      case STALE -> held.remove(ref);
      case UNSTARTED_WANTED -> {
        if (started != null && !started) {
          held.remove(ref);
          reports.add(new ReportEvent.AttemptReturned(ref));
        }
      }
    }
  }

  /** Starts and ends some of what it holds. */
  void work(double successRate) {
    for (Map.Entry<AttemptRef, Boolean> attempt : List.copyOf(held.entrySet())) {
      if (!attempt.getValue() && random.nextInt(2) == 0) {
        held.put(attempt.getKey(), true);
        reports.add(new ReportEvent.AttemptStarted(attempt.getKey()));
      } else if (attempt.getValue() && random.nextInt(3) == 0) {
        end(
            attempt.getKey(),
            random.nextDouble() < successRate
                ? AttemptEnd.Status.SUCCEEDED
                : AttemptEnd.Status.FAILED);
      } else if (!attempt.getValue() && random.nextInt(40) == 0) {
        held.remove(attempt.getKey());
        reports.add(new ReportEvent.AttemptReturned(attempt.getKey()));
      }
    }
  }

  private void end(AttemptRef ref, AttemptEnd.Status status) {
    held.remove(ref);
    ErrorCode code = status == AttemptEnd.Status.FAILED ? ErrorCode.EXIT_NONZERO : null;
    ReportEvent report =
        new ReportEvent.AttemptFinished(
            ref, new AttemptEnd(status, "1", 0, null, code, null, null, 0, random.nextInt(40)));
    ended.put(ref, report);
    reports.add(report);
  }
}
