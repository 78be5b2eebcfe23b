package dev.muster.aggregator.task;

import dev.muster.contracts.task.TaskState;

/**
 * What a batch of task changes does to a job's counts; one delta per job and batch, since a counter
 * row takes only hundreds of updates a second.
 *
 * @param leased change of the tasks handed to a worker
 * @param running change of the started tasks
 * @param succeeded newly succeeded tasks
 * @param failed newly failed tasks
 * @param cancelled newly cancelled tasks
 * @param lost attempts that ended because their worker went away
 * @param retries attempts after which the task is tried again
 * @param leaseSeen whether a lease was heard of
 * @param startSeen whether a command is known to have started, or a task to have ended
 */
public record TaskDelta(
    int leased,
    int running,
    int succeeded,
    int failed,
    int cancelled,
    int lost,
    int retries,
    boolean leaseSeen,
    boolean startSeen) {
  /** Nothing happened. */
  public static final TaskDelta NONE = new TaskDelta(0, 0, 0, 0, 0, 0, 0, false, false);

  /** Tasks that another job had already finished, and tasks that are left out. */
  public static TaskDelta settled(int succeeded, int leftOut) {
    return new TaskDelta(0, 0, succeeded, 0, leftOut, 0, 0, false, false);
  }

  /** A task went from one state to another. */
  static TaskDelta of(TaskState from, TaskState to) {
    return new TaskDelta(
        step(from, to, TaskState.LEASED),
        step(from, to, TaskState.RUNNING),
        step(from, to, TaskState.SUCCEEDED),
        step(from, to, TaskState.FAILED),
        step(from, to, TaskState.CANCELLED),
        0,
        0,
        to == TaskState.LEASED,
        to == TaskState.RUNNING || to == TaskState.SUCCEEDED || to == TaskState.FAILED);
  }

  /**
   * The same, and an attempt ended on the way.
   *
   * @param attemptLost whether its worker went away
   * @param retried whether the task is tried again
   * @param started whether its command is known to have started
   */
  TaskDelta withEnd(boolean attemptLost, boolean retried, boolean started) {
    return new TaskDelta(
        leased,
        running,
        succeeded,
        failed,
        cancelled,
        lost + (attemptLost ? 1 : 0),
        retries + (retried ? 1 : 0),
        true,
        startSeen || started);
  }

  /** Both, one after the other. */
  public TaskDelta plus(TaskDelta more) {
    return new TaskDelta(
        leased + more.leased,
        running + more.running,
        succeeded + more.succeeded,
        failed + more.failed,
        cancelled + more.cancelled,
        lost + more.lost,
        retries + more.retries,
        leaseSeen || more.leaseSeen,
        startSeen || more.startSeen);
  }

  private static int step(TaskState from, TaskState to, TaskState counted) {
    return (to == counted ? 1 : 0) - (from == counted ? 1 : 0);
  }
}
