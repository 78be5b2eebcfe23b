package dev.muster.dispatcher.pool;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pools of the shards that are owned; finds the pool that a message is about. */
public final class Pools {
  private final Map<String, PoolState> pools = new HashMap<>();
  private final Function<String, PoolState> maker;

  /**
   * @param maker makes an empty pool of a name
   */
  public Pools(Function<String, PoolState> maker) {
    this.maker = maker;
  }

  /** The pool of a name, made when it is new. */
  public PoolState pool(String name) {
    return pools.computeIfAbsent(name, maker);
  }

  public Collection<PoolState> all() {
    return pools.values();
  }

  /** Forgets the pools of a shard. */
  public void drop(int shard) {
    pools.keySet().removeIf(name -> Topic.shardOf(name) == shard);
  }

  /** The planner said something about a job of a pool. */
  public void plan(
      String pool, PlanEvent event, @Nullable String traceparent, Instant now, Effects out) {
    pool(pool).apply(new PoolCommand.Plan(event, traceparent), now, out);
  }

  /** A job of a pool is cancelled or over. */
  public void job(String pool, PoolCommand command, Instant now, Effects out) {
    pool(pool).apply(command, now, out);
  }

  /** A worker spoke of itself; a worker that moved leaves its old pool. */
  public void hear(WorkerEvent event, Instant now, Effects out) {
    String name =
        switch (event) {
          case WorkerEvent.WorkerRegistered registered -> registered.pool();
          case WorkerEvent.WorkerHeartbeat beat -> beat.pool();
          case WorkerEvent.WorkerStopped stopped -> null;
        };
    for (Map.Entry<String, PoolState> other : pools.entrySet()) {
      if (!other.getKey().equals(name) && other.getValue().knows(event.worker())) {
        other
            .getValue()
            .apply(
                new PoolCommand.Hear(
                    new WorkerEvent.WorkerStopped(event.worker(), event.incarnation())),
                now,
                out);
      }
    }
    if (name != null) {
      pool(name).apply(new PoolCommand.Hear(event), now, out);
    }
  }

  /**
   * A worker spoke of an attempt.
   *
   * @param shard where it was said: decides which pool answers for a job that nobody knows
   */
  public void report(int shard, WorkerId from, ReportEvent report, Instant now, Effects out) {
    PoolState home = null;
    JobId job = report.attempt().job();
    for (Map.Entry<String, PoolState> pool : pools.entrySet()) {
      if (pool.getValue().knows(job)) {
        home = pool.getValue();
        break;
      }
      if (Topic.shardOf(pool.getKey()) == shard && pool.getValue().knows(from)) {
        home = pool.getValue();
      }
    }
    if (home == null) {
      out.count(Effects.Count.STALE_REPORT);
    } else {
      home.apply(new PoolCommand.Report(from, report), now, out);
    }
  }

  /** Whether the job is known in any pool. */
  public boolean knows(JobId job) {
    for (PoolState pool : pools.values()) {
      if (pool.knows(job)) {
        return true;
      }
    }
    return false;
  }

  /** Says the same to all pools. */
  public void tell(PoolCommand command, Instant now, Effects out) {
    for (PoolState pool : pools.values()) {
      pool.apply(command, now, out);
    }
  }
}
