package dev.muster.dispatcher.pool;

import dev.muster.dispatcher.worker.WorkerState;
import java.time.Duration;
import java.time.Instant;

/**
 * A pool in numbers, by class: work with GPUs and work without.
 *
 * @param queuedCpu tasks without GPUs that wait
 * @param queuedGpu tasks with GPUs that wait
 * @param runningCpu live attempts without GPUs
 * @param runningGpu live attempts with GPUs
 * @param oldestCpuSeconds how long the oldest job with waiting tasks without GPUs waits
 * @param oldestGpuSeconds the same with GPUs
 * @param workersPresent workers that live
 * @param workersAbsent workers that are lost or stopped
 * @param slotsUsed leases that workers carry
 * @param slotsFree milli-cores that are free, in whole cores
 */
public record PoolGauges(
    long queuedCpu,
    long queuedGpu,
    long runningCpu,
    long runningGpu,
    long oldestCpuSeconds,
    long oldestGpuSeconds,
    long workersPresent,
    long workersAbsent,
    long slotsUsed,
    long slotsFree) {
  static PoolGauges of(Ledger ledger, Instant now) {
    long[] queued = new long[2];
    long[] running = new long[2];
    long[] oldest = new long[2];
    for (JobEntry job : ledger.jobs.values()) {
      if (job.plan != null) {
        int kind = job.plan().run().requirements().gpus() > 0 ? 1 : 0;
        queued[kind] += job.waiting();
        running[kind] += job.live;
        if (job.waiting() > 0) {
          oldest[kind] = Math.max(oldest[kind], Duration.between(job.since, now).toSeconds());
        }
      }
    }
    long present = 0;
    long used = 0;
    long free = 0;
    for (WorkerEntry worker : ledger.workers.values()) {
      if (worker.state.present()) {
        present++;
        used += worker.holds.size();
      }
      if (worker.state.phase() == WorkerState.Phase.LIVE) {
        free += Math.max(0, worker.room.milliCpus() / 1000);
      }
    }
    long absent = ledger.workers.size() - present;
    return new PoolGauges(
        queued[0],
        queued[1],
        running[0],
        running[1],
        oldest[0],
        oldest[1],
        present,
        absent,
        used,
        free);
  }

  /** Two pools together. */
  public PoolGauges plus(PoolGauges other) {
    return new PoolGauges(
        queuedCpu + other.queuedCpu,
        queuedGpu + other.queuedGpu,
        runningCpu + other.runningCpu,
        runningGpu + other.runningGpu,
        Math.max(oldestCpuSeconds, other.oldestCpuSeconds),
        Math.max(oldestGpuSeconds, other.oldestGpuSeconds),
        workersPresent + other.workersPresent,
        workersAbsent + other.workersAbsent,
        slotsUsed + other.slotsUsed,
        slotsFree + other.slotsFree);
  }

  /** No pool at all. */
  public static final PoolGauges NONE = new PoolGauges(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
