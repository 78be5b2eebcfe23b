package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.task.PlannedStage;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.worker.MailEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.dispatcher.placement.PlacementPolicy;
import dev.muster.dispatcher.task.Decision;
import dev.muster.dispatcher.task.Rejection;
import dev.muster.dispatcher.task.TaskCommand;
import dev.muster.dispatcher.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** One pool: takes commands, changes its memory, and says what must be committed. */
public final class PoolState {
  /** The last jobs whose rows went are remembered; older ones are in the tombstones. */
  private static final int BURIED_MAX = 10_000;

  private final Ledger ledger;
  private final Fleet fleet;
  private final Placer placer;
  private final PoolSettings settings;
  private final DoubleSupplier jitter;
  private final Set<JobId> buried = new LinkedHashSet<>();

  /**
   * @param pool its name
   * @param settings times and limits
   * @param policy finds places
   * @param jitter numbers from 0 to 1 that spread retries
   */
  public PoolState(
      String pool, PoolSettings settings, PlacementPolicy policy, DoubleSupplier jitter) {
    this.ledger = new Ledger(pool);
    this.fleet = new Fleet(ledger, settings, jitter);
    this.placer = new Placer(ledger, settings, policy);
    this.settings = settings;
    this.jitter = jitter;
  }

  /**
   * Carries out a command.
   *
   * @param now the database's time
   * @param out takes what must be committed
   */
  public void apply(PoolCommand command, Instant now, Effects out) {
    switch (command) {
      case PoolCommand.Plan plan -> plan(plan.event(), plan.traceparent(), now, out);
      case PoolCommand.Cancel cancel -> cancel(cancel.job(), now, out);
      case PoolCommand.Close close -> close(close.job(), now, out);
      case PoolCommand.Hear hear -> fleet.hear(hear.event(), now, out);
      case PoolCommand.Report report -> report(report.from(), report.report(), now, out);
      case PoolCommand.Reap reap -> reap(now, out);
      case PoolCommand.Expire expire -> fleet.expire(expire.heardUntil(), now, out);
      case PoolCommand.Pardon pardon -> fleet.pardon(now);
      case PoolCommand.Place place -> {
        placer.wake(now, out);
        placer.pass(now, out);
        placer.takeBack(now, out);
      }
    }
  }

  private void plan(PlanEvent event, @Nullable String traceparent, Instant now, Effects out) {
    if (buried.contains(event.job())) {
      return;
    }
    switch (event) {
      case PlanEvent.JobPlanned planned -> {
        JobEntry job = entry(planned.job(), now);
        if (job.plan == null) {
          job.planned(planned, traceparent);
          out.job(job.id, job.row(ledger.pool));
          enqueue(job);
        }
      }
      case PlanEvent.TasksPlanned tasks -> {
        JobEntry job = entry(tasks.job(), now);
        if (job.phase == JobPhase.OPEN && job.isNew(tasks.firstIndex(), tasks.count())) {
          job.range(tasks.firstIndex(), tasks.count(), tasks.firstIndex());
          out.range(new Effects.RangeRow(ledger.pool, tasks));
          nextStage(job, tasks.stage(), out);
          enqueue(job);
        }
      }
      // Its plan follows when the jobs it waits for have ended.
      case PlanEvent.JobBlocked blocked -> {}
      case PlanEvent.PlanFailed failed -> close(failed.job(), now, out);
    }
  }

  /** Every task of the stage before has ended, so nothing of the job waits, runs or is queued. */
  private void nextStage(JobEntry job, @Nullable PlannedStage stage, Effects out) {
    if (stage != null
        && stage.run() != null
        && job.plan != null
        && !stage.run().equals(job.plan().run())) {
      ledger.queue.remove(job.queued());
      job.rerun(stage.run());
      out.job(job.id, job.row(ledger.pool));
    }
  }

  private JobEntry entry(JobId id, Instant now) {
    return ledger.jobs.computeIfAbsent(id, job -> new JobEntry(job, now));
  }

  private void enqueue(JobEntry job) {
    if (job.plan != null && job.phase == JobPhase.OPEN && job.hasTurn()) {
      ledger.queue.add(job.queued());
      ledger.stirred = true;
    }
  }

  private void cancel(JobId id, Instant now, Effects out) {
    JobEntry job = ledger.jobs.get(id);
    if (job == null || job.plan == null) {
      bury(id, out);
      out.event(id, null, new TaskEvent.JobStopped());
      return;
    }
    switch (job.phase) {
      case OPEN -> {
        end(job, JobPhase.CANCELING, now, out);
        ledger.settle(job, out);
      }
      case STOPPED -> ledger.sayStopped(job, out);
      case CANCELING, CLOSING -> {}
    }
  }

  private void close(JobId id, Instant now, Effects out) {
    JobEntry job = ledger.jobs.get(id);
    if (job == null) {
      return;
    }
    if (job.plan == null || job.live == 0) {
      bury(id, out);
      return;
    }
    if (job.phase != JobPhase.CLOSING) {
      boolean told = job.phase == JobPhase.CANCELING;
      if (told) {
        job.phase = JobPhase.CLOSING;
        out.job(id, job.row(ledger.pool));
      } else {
        end(job, JobPhase.CLOSING, now, out);
      }
    }
  }

  /** Nothing of the job starts any more, and what lives is told to stop. */
  private void end(JobEntry job, JobPhase phase, Instant now, Effects out) {
    ledger.queue.remove(job.queued());
    job.phase = phase;
    job.since = now;
    job.dropWaiting();
    out.job(job.id, job.row(ledger.pool));
    for (int index : List.copyOf(job.active.keySet())) {
      ledger.act(job, index, new TaskCommand.Cancel(), now, out);
    }
  }

  private void bury(JobId id, Effects out) {
    JobEntry job = ledger.jobs.remove(id);
    if (job != null && job.plan != null) {
      ledger.queue.remove(job.queued());
    }
    out.bury(id);
    remember(id);
  }

  private void remember(JobId id) {
    buried.add(id);
    if (buried.size() > BURIED_MAX) {
      buried.remove(buried.iterator().next());
    }
  }

  private void report(WorkerId from, ReportEvent report, Instant now, Effects out) {
    AttemptRef ref = report.attempt();
    JobEntry job = ledger.jobs.get(ref.job());
    if (job == null || job.plan == null) {
      stale(from, ref, out);
      return;
    }
    TaskState.Live live = job.state(ref.index()).live();
    if (live != null && !live.worker().equals(from)) {
      stale(from, ref, out);
      return;
    }
    RetryPolicy policy = job.plan().run().retry();
    TaskCommand command =
        switch (report) {
          case ReportEvent.AttemptStarted s -> new TaskCommand.Start(ref.epoch());
          case ReportEvent.AttemptFinished f ->
              new TaskCommand.Finish(ref.epoch(), f.end(), policy, jitter.getAsDouble());
          case ReportEvent.AttemptReturned r -> new TaskCommand.Return(ref.epoch());
        };
    switch (ledger.act(job, ref.index(), command, now, out)) {
      case Decision.Accepted accepted -> ledger.settle(job, out);
      case Decision.Rejected rejected -> {
        if (rejected.reason() instanceof Rejection.StaleLease) {
          stale(from, ref, out);
        } else {
          out.count(Effects.Count.REPEATED_REPORT);
        }
      }
    }
  }

  private void stale(WorkerId from, AttemptRef ref, Effects out) {
    out.count(Effects.Count.STALE_REPORT);
    WorkerEntry worker = ledger.workers.get(from);
    if (worker != null) {
      long incarnation = worker.state.incarnation();
      out.mail(new Mail.Revoke(from, incarnation, ref, MailEvent.Reason.STALE));
    }
  }

  private void reap(Instant now, Effects out) {
    for (JobEntry job : List.copyOf(ledger.jobs.values())) {
      if (job.live > 0) {
        reap(job, now, out);
      }
    }
  }

  private void reap(JobEntry job, Instant now, Effects out) {
    boolean ending = job.phase == JobPhase.CANCELING || job.phase == JobPhase.CLOSING;
    boolean overdue =
        ending && job.since.plus(settings.lease()).plus(settings.cancelGrace()).isBefore(now);
    if (!ending) {
      Duration patience = settings.lease().plus(settings.cancelGrace());
      ledger.gangs.reap(job, patience, now, out);
    }
    RetryPolicy policy = job.plan().run().retry();
    for (Map.Entry<Integer, TaskState> task : List.copyOf(job.active.entrySet())) {
      TaskState.Live live = job.state(task.getKey()).live(); // Its gang may just have ended it.
      if (live == null) {
        continue;
      }
      long epoch = live.tally().epoch();
      if (overdue) {
        ledger.act(job, task.getKey(), new TaskCommand.ForceCancel(), now, out);
      } else if (live instanceof TaskState.Running running
          && pastTimeout(running, job.plan().run().timeoutSeconds(), now)) {
        ledger.revoke(job, task.getKey(), live, MailEvent.Reason.STALE, out);
        ledger.act(
            job,
            task.getKey(),
            new TaskCommand.TimeOut(epoch, policy, jitter.getAsDouble()),
            now,
            out);
      }
    }
    ledger.settle(job, out);
  }

  private boolean pastTimeout(TaskState.Running running, int timeoutSeconds, Instant now) {
    return running
        .startedAt()
        .plusSeconds(timeoutSeconds)
        .plus(settings.timeoutGrace())
        .isBefore(now);
  }

  /** Fills an empty pool from what was committed. */
  public void restore(PoolSnapshot snapshot, Instant now, Effects out) {
    new Restoration(ledger).restore(snapshot, now, out);
  }

  /** Whether the job is known here. */
  public boolean knows(JobId job) {
    return ledger.jobs.containsKey(job);
  }

  /** Whether the worker is known here. */
  public boolean knows(WorkerId worker) {
    return fleet.knows(worker);
  }

  /** Whether a pass may find a place for a waiting task. */
  public boolean stirred() {
    return ledger.stirred;
  }

  /** When a retry is due next, or null when none waits. */
  public @Nullable Instant nextRetry() {
    Ledger.Due due = ledger.retries.peek();
    return due == null ? null : due.at();
  }

  /** Whether some worker holds leases ahead, which another may come to want. */
  public boolean leasedAhead() {
    return placer.leasedAhead();
  }

  /** What the pool looks like from outside. */
  public PoolGauges gauges(Instant now) {
    return PoolGauges.of(ledger, now);
  }

  /**
   * Why jobs wait.
   *
   * @param max most jobs
   */
  public List<Explanation> waiting(Instant now, int max) {
    return new Explainer(ledger, now).waiting(max);
  }
}
