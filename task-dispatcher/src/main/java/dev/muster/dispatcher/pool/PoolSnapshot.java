package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.dispatcher.task.Tally;
import dev.muster.dispatcher.task.TaskState;
import dev.muster.dispatcher.worker.WorkerState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool as it was committed.
 *
 * @param workers its workers
 * @param jobs its jobs that are not over
 */
public record PoolSnapshot(List<WorkerState> workers, List<JobSnapshot> jobs) {
  /**
   * A job as it was committed.
   *
   * @param id the job
   * @param plan its plan, or null when only tasks of it are known yet
   * @param traceparent W3C trace context of the submission, or null
   * @param phase its phase
   * @param since when it was planned, or when its end began
   * @param ranges its ranges
   * @param active tasks with a history that are not done
   * @param done tasks that are done
   * @param unusual tallies of done tasks that took more than one plain try
   * @param gangs where the members of each gang can be reached, by its first index
   */
  public record JobSnapshot(
      JobId id,
      PlanEvent.@Nullable JobPlanned plan,
      @Nullable String traceparent,
      JobPhase phase,
      Instant since,
      List<RangeSnapshot> ranges,
      Map<Integer, TaskState> active,
      IndexRanges done,
      Map<Integer, Tally> unusual,
      Map<Integer, List<String>> gangs) {}

  /**
   * A range as it was committed.
   *
   * @param first its first index
   * @param count its size
   * @param next its first task that was never leased; first + count when all were
   */
  public record RangeSnapshot(int first, int count, int next) {}
}
