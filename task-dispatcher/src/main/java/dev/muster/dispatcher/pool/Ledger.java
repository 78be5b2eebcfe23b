package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.Gang;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.GangPlace;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.dispatcher.queue.PoolQueue;
import dev.muster.dispatcher.task.Decision;
import dev.muster.dispatcher.task.Metering;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskChange;
import dev.muster.dispatcher.task.TaskCommand;
import dev.muster.dispatcher.task.TaskDecider;
import dev.muster.dispatcher.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Jobs, workers and the leases between them, kept in step: the only place where a task changes, so
 * that rooms, queue, timers and effects never disagree with it.
 */
final class Ledger {
  /** Most ranges of one cancelled set, which bounds a record to some hundred kilobytes. */
  private static final int RANGES_MAX = 10_000;

  /**
   * A retry that becomes due.
   *
   * @param at when
   * @param key which task
   */
  record Due(Instant at, TaskKey key) {}

  final String pool;
  final Map<JobId, JobEntry> jobs = new HashMap<>();
  final Map<WorkerId, WorkerEntry> workers = new HashMap<>();
  final PoolQueue queue = new PoolQueue();
  final PriorityQueue<Due> retries = new PriorityQueue<>(Comparator.comparing(Due::at));

  /** What each tenant holds, by {@link #weight}. */
  final Map<String, Long> held = new HashMap<>();

  final Gangs gangs = new Gangs(this);

  /** Whether something changed that may let a waiting task find a place. */
  boolean stirred = true;

  Ledger(String pool) {
    this.pool = pool;
  }

  /** Asks one task for something and carries out what it answers. */
  Decision act(JobEntry job, int index, TaskCommand asked, Instant now, Effects out) {
    TaskState before = job.state(index);
    TaskCommand command = gangs.asMember(job, index, before, asked, now);
    List<GpuDevice> devices = devicesOf(job, index, before);
    Decision decision = TaskDecider.decide(before, command, now);
    switch (decision) {
      case Decision.Rejected rejected -> {}
      case Decision.Accepted accepted -> {
        TaskState after = before;
        for (TaskChange change : accepted.changes()) {
          after = TaskDecider.evolve(after, change);
        }
        // Before the end itself, so that whoever counts the last end has heard of every use.
        if (before.live() != null && after.live() == null) {
          AttemptEnd end = asked instanceof TaskCommand.Finish finish ? finish.end() : null;
          meter(job, index, before.live(), end, devices, now, out);
        }
        TaskState state = before;
        for (TaskChange change : accepted.changes()) {
          TaskState next = TaskDecider.evolve(state, change);
          carryOut(job, index, state, change, next, now, out);
          state = next;
        }
        gangs.follow(job, index, before, now, out);
      }
    }
    return decision;
  }

  /** Says what an attempt used that is over; one that never ran used nothing. */
  private static void meter(
      JobEntry job,
      int index,
      TaskState.Live lease,
      @Nullable AttemptEnd end,
      List<GpuDevice> devices,
      Instant now,
      Effects out) {
    long millis = Metering.millis(lease, end, now);
    if (millis > 0) {
      Tally tally = lease.tally();
      double cpus = job.plan().run().requirements().cpus();
      tell(
          job,
          new TaskEvent.AttemptMetered(
              index,
              tally.attempt(),
              tally.epoch(),
              Metering.startedAt(lease),
              now,
              millis,
              cpus,
              devices),
          out);
    }
  }

  /** The GPUs of a lease, looked up while it still has them. */
  private List<GpuDevice> devicesOf(JobEntry job, int index, TaskState state) {
    TaskState.Live live = state.live();
    if (live == null || live.devices().isEmpty()) {
      return List.of();
    }
    Hold hold = holdOf(live.worker(), new TaskKey(job.id, index));
    return hold == null ? List.of() : hold.devices;
  }

  private void carryOut(
      JobEntry job,
      int index,
      TaskState before,
      TaskChange change,
      TaskState after,
      Instant now,
      Effects out) {
    TaskKey key = new TaskKey(job.id, index);
    Tally tally = after.tally();
    job.active.put(index, after);
    switch (change) {
      case TaskChange.Leased leased -> {
        TaskEvent event =
            new TaskEvent.TaskLeased(index, tally.attempt(), tally.epoch(), leased.worker());
        out.task(key, after, null);
        tell(job, event, out);
        out.count(Effects.Count.DISPATCHED);
        assign(job, index, (TaskState.Live) after, out);
      }
      case TaskChange.Started started -> {
        out.task(key, after, null);
        if (job.gang() == null || job.phase != JobPhase.OPEN) {
          tell(job, new TaskEvent.TaskStarted(index, tally.attempt(), tally.epoch()), out);
        }
        out.latency(Duration.between(job.since, now));
      }
      case TaskChange.Returned returned -> {
        release(job, index, before);
        out.task(key, after, null);
        tell(job, new TaskEvent.TaskReturned(index, tally.attempt(), tally.epoch()), out);
        out.count(Effects.Count.RETURNED);
        ready(job, index);
      }
      case TaskChange.Retrying retrying -> {
        release(job, index, before);
        out.task(key, after, retrying.end());
        retries.add(new Due(retrying.availableAt(), key));
        tell(
            job,
            new TaskEvent.TaskRetrying(
                index, tally.attempt(), tally.epoch(), retrying.end(), retrying.delayMillis()),
            out);
        out.count(
            tally.losses() > before.tally().losses()
                ? Effects.Count.RETRIED_INFRASTRUCTURE
                : Effects.Count.RETRIED_FAILURE);
      }
      case TaskChange.Arrived arrived -> {
        release(job, index, before);
        out.task(key, after, arrived.end());
      }
      case TaskChange.Woken woken -> ready(job, index);
      case TaskChange.Succeeded succeeded -> {
        release(job, index, before);
        finish(job, index, after, succeeded.end(), out);
        tell(
            job,
            new TaskEvent.TaskSucceeded(index, tally.attempt(), tally.epoch(), succeeded.end()),
            out);
      }
      case TaskChange.Failed failed -> {
        release(job, index, before);
        finish(job, index, after, failed.end(), out);
        tell(
            job,
            new TaskEvent.TaskFailed(index, tally.attempt(), tally.epoch(), failed.end()),
            out);
      }
      case TaskChange.CancelRequested requested ->
          revoke(job, index, (TaskState.Live) after, MailEvent.Reason.CANCELLED, out);
      case TaskChange.Cancelled cancelled -> {
        release(job, index, before);
        job.active.remove(index);
        out.task(key, after, null);
      }
    }
  }

  private void finish(JobEntry job, int index, TaskState after, AttemptEnd end, Effects out) {
    job.done(index, after.tally());
    switch (end.status()) {
      case SUCCEEDED, FAILED -> job.ran(end.runMillis());
      case TIMED_OUT, LOST, CANCELLED -> {} // How long the command would have run is not known.
    }
    out.task(new TaskKey(job.id, index), after, end);
  }

  private void ready(JobEntry job, int index) {
    if (job.phase == JobPhase.OPEN) {
      job.ready(index);
      stirred = true;
      if (job.hasTurn()) {
        queue.add(job.queued());
      }
    }
  }

  /** Mails a lease, for the first time or again. */
  void assign(JobEntry job, int index, TaskState.Live lease, Effects out) {
    out.mail(
        new Mail.Assign(
            lease.worker(),
            lease.incarnation(),
            ref(job, index, lease.tally()),
            lease.devices(),
            job.rangeOf(index),
            job.share(),
            place(job, index)));
  }

  private static @Nullable GangPlace place(JobEntry job, int index) {
    Gang gang = job.gang();
    GangEntry entry = gang == null ? null : job.gangs.get(gang.start(index));
    return gang == null || entry == null ? null : new GangPlace(gang.rank(index), entry.members);
  }

  void revoke(JobEntry job, int index, TaskState.Live lease, MailEvent.Reason reason, Effects out) {
    out.mail(
        new Mail.Revoke(
            lease.worker(), lease.incarnation(), ref(job, index, lease.tally()), reason));
  }

  private static AttemptRef ref(JobEntry job, int index, Tally tally) {
    return new AttemptRef(job.id, index, tally.attempt(), tally.epoch());
  }

  /** Puts a lease on its worker. */
  void hold(JobEntry job, WorkerEntry worker, Hold hold) {
    worker.add(hold);
    job.live++;
    held.merge(job.plan().tenant(), weight(hold.request), Long::sum);
  }

  private void release(JobEntry job, int index, TaskState before) {
    TaskState.Live live = before.live();
    if (live == null) {
      return;
    }
    job.live--;
    stirred = true;
    WorkerEntry worker = workers.get(live.worker());
    Hold hold = worker == null ? null : worker.remove(new TaskKey(job.id, index));
    if (hold != null) {
      String tenant = job.plan().tenant();
      held.merge(tenant, -weight(hold.request), Long::sum);
      held.remove(tenant, 0L);
    }
  }

  /** How much of a pool a lease is, for fairness between tenants: a GPU counts as eight cores. */
  static long weight(ResourceRequest request) {
    return Math.max(1, (long) Math.ceil(request.cpus()) + 8L * request.gpus());
  }

  /** Says what is to be said when a job that is being ended has no live attempt left. */
  void settle(JobEntry job, Effects out) {
    if (job.live > 0) {
      return;
    }
    switch (job.phase) {
      case OPEN, STOPPED -> {}
      case CANCELING -> {
        job.phase = JobPhase.STOPPED;
        out.job(job.id, job.row(pool));
        sayStopped(job, out);
      }
      case CLOSING -> {
        jobs.remove(job.id);
        out.bury(job.id);
      }
    }
  }

  /** The dispatcher's last words on a cancelled job. */
  void sayStopped(JobEntry job, Effects out) {
    for (IndexRanges set : job.unfinished(RANGES_MAX)) {
      tell(job, new TaskEvent.TasksCancelled(set), out);
    }
    tell(job, new TaskEvent.JobStopped(), out);
  }

  private static void tell(JobEntry job, TaskEvent event, Effects out) {
    out.event(job.id, job.traceparent, event);
  }

  /** The lease of a task as its worker carries it, or null. */
  @Nullable Hold holdOf(WorkerId worker, TaskKey key) {
    WorkerEntry entry = workers.get(worker);
    return entry == null ? null : entry.holds.get(key);
  }

  /** The devices with these UUIDs, as the worker declares them. */
  static List<GpuDevice> devices(WorkerEntry worker, List<String> uuids) {
    return worker.state.capacity().gpus().stream().filter(d -> uuids.contains(d.uuid())).toList();
  }
}
