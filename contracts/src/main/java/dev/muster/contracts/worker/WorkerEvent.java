package dev.muster.contracts.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.WorkerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param address the host name or IP address under which other workers reach it; null in what
   *     older versions wrote
   */
  record WorkerRegistered(
      WorkerId worker,
      long incarnation,
      String pool,
      Capacity capacity,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String address)
      implements WorkerEvent {
    /** An agent that tells no address. */
    public WorkerRegistered(WorkerId worker, long incarnation, String pool, Capacity capacity) {
      this(worker, incarnation, pool, capacity, null);
    }
  }

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
   * @param address the host name or IP address under which other workers reach it; null in what
   *     older versions wrote
   */
  record WorkerHeartbeat(
      WorkerId worker,
      long incarnation,
      String pool,
      Capacity capacity,
      List<AttemptRef> attempts,
      boolean draining,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String address)
      implements WorkerEvent {
    public WorkerHeartbeat {
      attempts = List.copyOf(attempts);
    }

    /** An agent that tells no address. */
    public WorkerHeartbeat(
        WorkerId worker,
        long incarnation,
        String pool,
        Capacity capacity,
        List<AttemptRef> attempts,
        boolean draining) {
      this(worker, incarnation, pool, capacity, attempts, draining, null);
    }
  }

  /** The agent stops now, all its attempts have ended. */
  record WorkerStopped(WorkerId worker, long incarnation) implements WorkerEvent {}
}
