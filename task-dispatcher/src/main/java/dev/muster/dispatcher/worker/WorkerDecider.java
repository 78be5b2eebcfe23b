package dev.muster.dispatcher.worker;

import dev.muster.contracts.worker.WorkerEvent;
import dev.muster.dispatcher.worker.WorkerState.Phase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides what a worker's own words mean. */
public final class WorkerDecider {
  private WorkerDecider() {}

  /** What follows from a worker's words. */
  public sealed interface Verdict {
    /**
     * It is a new incarnation: leases of older ones are over, and it must be welcomed.
     *
     * @param next the worker from now on
     */
    record Joined(WorkerState next) implements Verdict {}

    /**
     * It lives.
     *
     * @param next the worker from now on
     * @param greet whether it asks to be welcomed (again)
     */
    record Seen(WorkerState next, boolean greet) implements Verdict {}

    /** It is gone: its leases are over. */
    record Left(WorkerState next) implements Verdict {}

    /** It changes nothing. */
    record Ignored(String sentence) implements Verdict {}
  }

  /**
   * @param state what is known of the worker, or null
   * @param event what it says
   * @param now the database's time of receipt
   */
  public static Verdict decide(@Nullable WorkerState state, WorkerEvent event, Instant now) {
    if (state != null && event.incarnation() < state.incarnation()) {
      return new Verdict.Ignored(
          "Expected incarnation "
              + state.incarnation()
              + " or later of worker "
              + state.id()
              + ", but it is "
              + event.incarnation());
    }
    boolean newer = state == null || event.incarnation() > state.incarnation();
    return switch (event) {
      case WorkerEvent.WorkerRegistered e -> {
        WorkerState next =
            new WorkerState(
                e.worker(), e.incarnation(), e.capacity(), Phase.LIVE, now, e.address());
        yield newer ? new Verdict.Joined(next) : new Verdict.Seen(next, true);
      }
      case WorkerEvent.WorkerHeartbeat e -> {
        Phase phase = e.draining() ? Phase.DRAINING : Phase.LIVE;
        WorkerState next =
            new WorkerState(e.worker(), e.incarnation(), e.capacity(), phase, now, e.address());
        yield newer ? new Verdict.Joined(next) : new Verdict.Seen(next, false);
      }
      case WorkerEvent.WorkerStopped e ->
          state == null || (!newer && state.phase() == Phase.STOPPED)
              ? new Verdict.Ignored("Expected a worker at work, but " + e.worker() + " is not")
              : new Verdict.Left(
                  new WorkerState(
                      e.worker(),
                      e.incarnation(),
                      state.capacity(),
                      Phase.STOPPED,
                      now,
                      state.address()));
    };
  }
}
