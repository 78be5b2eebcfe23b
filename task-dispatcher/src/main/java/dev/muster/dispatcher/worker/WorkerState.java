package dev.muster.dispatcher.worker;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.worker.Capacity;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a worker.
 *
 * @param id the worker
 * @param incarnation its highest incarnation so far; whatever comes from a lower one is a ghost
 * @param capacity what it gives, all told
 * @param phase where it is in its life
 * @param seenAt when it was last heard of, by the database's clock
 * @param address where other workers reach it, or null when it did not say
 */
public record WorkerState(
    WorkerId id,
    long incarnation,
    Capacity capacity,
    Phase phase,
    Instant seenAt,
    @Nullable String address) {
  /** A worker that did not say where it is. */
  public WorkerState(
      WorkerId id, long incarnation, Capacity capacity, Phase phase, Instant seenAt) {
    this(id, incarnation, capacity, phase, seenAt, null);
  }

  /** Where a worker is in its life. */
  public enum Phase {
    /** Takes work. */
    LIVE,
    /** Finishes what it has and takes nothing new. */
    DRAINING,
    /** Was silent for a lease: its leases were taken away. */
    LOST,
    /** Said goodbye. */
    STOPPED
  }

  /** Whether it may hold leases. */
  public boolean present() {
    return phase == Phase.LIVE || phase == Phase.DRAINING;
  }

  /** Whether it is present and was silent for a whole lease. */
  public boolean overdue(Instant now, Duration lease) {
    return present() && seenAt.plus(lease).isBefore(now);
  }

  /** The same worker, heard of at another time. */
  public WorkerState seen(Instant at) {
    return new WorkerState(id, incarnation, capacity, phase, at, address);
  }

  /** The same worker in another phase. */
  public WorkerState in(Phase next) {
    return new WorkerState(id, incarnation, capacity, next, seenAt, address);
  }
}
