package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.contracts.worker.ReportEvent;
import dev.muster.contracts.worker.WorkerEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What may be asked of a pool. */
public sealed interface PoolCommand {
  /**
   * The planner said something.
   *
   * @param event what
   * @param traceparent W3C trace context, or null
   */
  record Plan(PlanEvent event, @Nullable String traceparent) implements PoolCommand {}

  /** The aggregator decided that the job is cancelled. */
  record Cancel(JobId job) implements PoolCommand {}

  /** The job had its last event. */
  record Close(JobId job) implements PoolCommand {}

  /** A worker spoke of itself. */
  record Hear(WorkerEvent event) implements PoolCommand {}

  /**
   * A worker spoke of an attempt.
   *
   * @param from the worker
   * @param report what it said
   */
  record Report(WorkerId from, ReportEvent report) implements PoolCommand {}

  /** Looks at what only time can change: overdue attempts and unanswered cancellations. */
  record Reap() implements PoolCommand {}

  /**
   * Takes the leases of silent workers away.
   *
   * @param heardUntil when the last heartbeat that has been read may have been sent: all that were
   *     sent before were read, so that silence until then means silence
   */
  record Expire(Instant heardUntil) implements PoolCommand {}

  /** Nobody could be heard for a while: all present workers count as heard of now. */
  record Pardon() implements PoolCommand {}

  /** Wakes due retries and gives waiting tasks to workers with room. */
  record Place() implements PoolCommand {}
}
