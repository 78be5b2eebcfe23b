package dev.muster.dispatcher.pool;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskChange;
import dev.muster.dispatcher.task.TaskDecider;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fills a pool from what was committed. Every lease gets a fresh time to live; holders that were to
 * be told to stop are told again.
 */
final class Restoration {
  private static final Tally FIRST_TRY = new Tally(1, 1, 0, 0, 0, false);
  private final Ledger ledger;

  Restoration(Ledger ledger) {
    this.ledger = ledger;
  }

  void restore(PoolSnapshot snapshot, Instant now, Effects out) {
    for (WorkerState worker : snapshot.workers()) {
      ledger.workers.put(worker.id(), new WorkerEntry(worker.seen(now)));
    }
    for (PoolSnapshot.JobSnapshot job : snapshot.jobs()) {
      restore(job, now, out);
    }
    ledger.stirred = true;
  }

  private void restore(PoolSnapshot.JobSnapshot snapshot, Instant now, Effects out) {
    JobEntry job = new JobEntry(snapshot.id(), snapshot.since());
    ledger.jobs.put(job.id, job);
    job.phase = snapshot.phase();
    if (snapshot.plan() != null) {
      job.planned(snapshot.plan(), snapshot.traceparent());
    }
    for (PoolSnapshot.RangeSnapshot range : snapshot.ranges()) {
      job.range(range.first(), range.count(), range.next());
    }
    snapshot.done().stream()
        .forEach(index -> job.done(index, snapshot.unusual().getOrDefault(index, FIRST_TRY)));
    snapshot.gangs().forEach((first, members) -> ledger.gangs.restore(job, first, members));
    for (Map.Entry<Integer, TaskState> task : new TreeMap<>(snapshot.active()).entrySet()) {
      restore(job, task.getKey(), task.getValue(), now, out);
    }
    if (job.phase != JobPhase.OPEN) {
      job.since = now;
      job.dropWaiting();
      ledger.settle(job, out);
    } else {
      ledger.gangs.resume(job, now, out);
      if (job.plan != null && job.hasTurn()) {
        ledger.queue.add(job.queued());
      }
    }
  }

  private void restore(JobEntry job, int index, TaskState state, Instant now, Effects out) {
    job.active.put(index, state);
    switch (state) {
      case TaskState.Live live -> {
        hold(job, index, live, now);
        if (job.phase != JobPhase.OPEN) {
          TaskState revoked = TaskDecider.evolve(live, new TaskChange.CancelRequested());
          job.active.put(index, revoked);
          ledger.revoke(job, index, (TaskState.Live) revoked, MailEvent.Reason.CANCELLED, out);
        }
      }
      case TaskState.RetryWait wait ->
          ledger.retries.add(new Ledger.Due(wait.availableAt(), new TaskKey(job.id, index)));
      case TaskState.Ready ready -> job.ready(index);
      case TaskState.GangWait wait -> {}
      case TaskState.Succeeded s -> throw unexpected(job, index, state);
      case TaskState.Failed f -> throw unexpected(job, index, state);
      case TaskState.Cancelled c -> throw unexpected(job, index, state);
    }
  }

  private void hold(JobEntry job, int index, TaskState.Live live, Instant now) {
    WorkerEntry worker = ledger.workers.get(live.worker());
    if (worker == null) {
      throw new IllegalStateException(
          "Expected the worker of " + job.id + "/" + index + ", but its row is missing");
    }
    ResourceRequest request = job.plan().run().requirements();
    List<GpuDevice> devices = Ledger.devices(worker, live.devices());
    boolean charged = request.gpus() > 0 || worker.room.fits(request);
    ledger.hold(job, worker, new Hold(new TaskKey(job.id, index), request, devices, now, charged));
  }

  private static IllegalStateException unexpected(JobEntry job, int index, TaskState state) {
    return new IllegalStateException(
        "Expected an unfinished task " + job.id + "/" + index + ", but it is " + state);
  }
}
