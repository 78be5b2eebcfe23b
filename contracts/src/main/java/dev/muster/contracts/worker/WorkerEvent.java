package dev.muster.contracts.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.WorkerId;
import java.util.List;

/** What a worker says of itself on {@code muster.worker.heartbeats}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkerEvent.WorkerRegistered.class, name = "worker_registered"),
  @JsonSubTypes.Type(value = WorkerEvent.WorkerHeartbeat.class, name = "worker_heartbeat"),
  @JsonSubTypes.Type(value = WorkerEvent.WorkerStopped.class, name = "worker_stopped")
})
public sealed interface WorkerEvent {
  /** The worker. */
  WorkerId worker();

  /** Its incarnation: grows with every start of the agent; a lower one is a ghost. */
  long incarnation();

  /**
   * The agent started, holds nothing, and reads its mail from now on.
   *
   * @param worker the worker
   * @param incarnation its new incarnation
   * @param pool the fleet it belongs to
   * @param capacity what it gives
   */
  record WorkerRegistered(WorkerId worker, long incarnation, String pool, Capacity capacity)
      implements WorkerEvent {}

  /**
   * The agent lives.
   *
   * @param worker the worker
   * @param incarnation its incarnation
   * @param pool the fleet it belongs to
   * @param capacity what it gives
   * @param attempts every attempt it holds, from the arrival of the assignment until the broker has
   *     its report
   * @param draining whether it takes no new work
   */
  record WorkerHeartbeat(
      WorkerId worker,
      long incarnation,
      String pool,
      Capacity capacity,
      List<AttemptRef> attempts,
      boolean draining)
      implements WorkerEvent {
    public WorkerHeartbeat {
      attempts = List.copyOf(attempts);
    }
  }

  /** The agent stops now, all its attempts have ended. */
  record WorkerStopped(WorkerId worker, long incarnation) implements WorkerEvent {}
}
