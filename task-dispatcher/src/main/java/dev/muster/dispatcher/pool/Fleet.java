package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.task.TaskCommand;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerDecider;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleSupplier;

/** What workers say of themselves, and what their silence means. */
final class Fleet {
  /** How long a worker that is away is remembered: its ghosts are known as such for so long. */
  private static final Duration AWAY_MAX = Duration.ofDays(1);

  private final Ledger ledger;
  private final PoolSettings settings;
  private final DoubleSupplier jitter;

  Fleet(Ledger ledger, PoolSettings settings, DoubleSupplier jitter) {
    this.ledger = ledger;
    this.settings = settings;
    this.jitter = jitter;
  }

  void hear(WorkerEvent event, Instant now, Effects out) {
    WorkerEntry entry = ledger.workers.get(event.worker());
    switch (WorkerDecider.decide(entry == null ? null : entry.state, event, now)) {
      case WorkerDecider.Verdict.Ignored ignored -> {}
      case WorkerDecider.Verdict.Joined joined -> {
        if (entry != null) {
          loseAll(entry, "The worker started anew and lost the attempt.", now, out);
        }
        admit(joined.next(), out);
        out.mail(new Mail.Welcome(event.worker(), event.incarnation()));
        checkHeld(event, now, out);
      }
      case WorkerDecider.Verdict.Seen seen -> {
        see(seen.next(), out);
        if (seen.greet()) {
          out.mail(new Mail.Welcome(event.worker(), event.incarnation()));
        }
        checkHeld(event, now, out);
      }
      case WorkerDecider.Verdict.Left left -> {
        if (entry != null) {
          loseAll(entry, "The worker stopped and lost the attempt.", now, out);
          entry.update(left.next());
          out.worker(ledger.pool, left.next());
        }
      }
    }
  }

  private void admit(WorkerState state, Effects out) {
    ledger.workers.put(state.id(), new WorkerEntry(state));
    ledger.stirred = true;
    out.worker(ledger.pool, state);
  }

  private void see(WorkerState next, Effects out) {
    WorkerEntry entry = ledger.workers.get(next.id());
    if (entry == null) {
      return;
    }
    WorkerState before = entry.state;
    entry.update(next);
    if (before.phase() != next.phase()
        || !before.capacity().equals(next.capacity())
        || !Objects.equals(before.address(), next.address())) {
      ledger.stirred = true;
      out.worker(ledger.pool, next);
    }
  }

  /**
   * Compares what the worker says it holds with its leases: what is not current it must drop; what
   * it does not know though it should is mailed again.
   */
  private void checkHeld(WorkerEvent event, Instant now, Effects out) {
    if (!(event instanceof WorkerEvent.WorkerHeartbeat beat)) {
      return;
    }
    WorkerEntry worker = ledger.workers.get(beat.worker());
    if (worker == null) {
      return;
    }
    Set<TaskKey> listed = new HashSet<>();
    for (AttemptRef ref : beat.attempts()) {
      TaskKey key = new TaskKey(ref.job(), ref.index());
      JobEntry job = ledger.jobs.get(ref.job());
      TaskState state = job == null ? null : job.state(ref.index());
      Hold hold = worker.holds.get(key);
      if (state != null && hold != null && state.tally().epoch() == ref.epoch()) {
        hold.confirmedAt = now;
        listed.add(key);
      } else if (state == null || !endedByItself(state, ref)) {
        out.mail(new Mail.Revoke(beat.worker(), beat.incarnation(), ref, MailEvent.Reason.STALE));
      }
    }
    Duration patience = settings.heartbeat().multipliedBy(5).dividedBy(2);
    for (Hold hold : List.copyOf(worker.holds.values())) {
      if (!listed.contains(hold.key) && hold.confirmedAt.plus(patience).isBefore(now)) {
        missed(hold, now, out);
      }
    }
  }

  /** Its report overtook the heartbeat: nothing is wrong. */
  private static boolean endedByItself(TaskState state, AttemptRef ref) {
    return state.tally().epoch() == ref.epoch() && !state.tally().fenced();
  }

  /** The worker does not know a lease: it never got it, or its report is on the way. */
  private void missed(Hold hold, Instant now, Effects out) {
    JobEntry job = ledger.jobs.get(hold.key.job());
    TaskState.Live live = job == null ? null : job.state(hold.key.index()).live();
    if (job == null || live == null) {
      throw new IllegalStateException(
          "Expected a live lease of " + hold.key + ", but the task has none");
    }
    if (live.revoked()) {
      ledger.act(job, hold.key.index(), new TaskCommand.ForceCancel(), now, out);
      ledger.settle(job, out);
    } else {
      hold.confirmedAt = now;
      out.count(Effects.Count.MAILED_AGAIN);
      ledger.assign(job, hold.key.index(), live, out);
    }
  }

  /** Takes all leases of a worker away. */
  void loseAll(WorkerEntry worker, String reason, Instant now, Effects out) {
    for (Hold hold : List.copyOf(worker.holds.values())) {
      JobEntry job = ledger.jobs.get(hold.key.job());
      if (job == null) {
        throw new IllegalStateException("Expected the job of " + hold.key + ", but it is gone");
      }
      int index = hold.key.index();
      RetryPolicy policy = job.plan().run().retry();
      long epoch = job.state(index).tally().epoch();
      ledger.act(
          job, index, new TaskCommand.Lose(epoch, reason, policy, jitter.getAsDouble()), now, out);
      out.count(Effects.Count.EXPIRED);
      ledger.settle(job, out);
    }
  }

  /** A worker that was silent for a lease is lost; one that is away for long is forgotten. */
  void expire(Instant heardUntil, Instant now, Effects out) {
    for (WorkerEntry worker : List.copyOf(ledger.workers.values())) {
      if (worker.state.overdue(heardUntil, settings.lease())) {
        loseAll(worker, "The worker went away while it held the attempt.", now, out);
        worker.update(worker.state.in(WorkerState.Phase.LOST));
        out.worker(ledger.pool, worker.state);
      } else if (!worker.state.present() && worker.state.seenAt().plus(AWAY_MAX).isBefore(now)) {
        ledger.workers.remove(worker.state.id());
        out.forget(ledger.pool, worker.state.id());
      }
    }
  }

  /** All present workers count as heard of now. */
  void pardon(Instant now) {
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.state.present()) {
        worker.update(worker.state.seen(now));
      }
    }
  }

  /** Whether the worker is known, whatever it does. */
  boolean knows(WorkerId worker) {
    return ledger.workers.containsKey(worker);
  }
}
