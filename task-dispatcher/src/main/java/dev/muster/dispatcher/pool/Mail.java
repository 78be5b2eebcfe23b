package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.RunSpec;
import dev.muster.contracts.worker.GangPlace;
import dev.muster.contracts.worker.MailEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something a worker must be told once it is committed. */
public sealed interface Mail {
  /** To whom. */
  WorkerId worker();

  /** To which incarnation. */
  long incarnation();

  /** The registration is accepted. */
  record Welcome(WorkerId worker, long incarnation) implements Mail {}

  /**
   * A lease; its payload is added by whoever sends it.
   *
   * @param worker to whom
   * @param incarnation to which incarnation
   * @param attempt the lease
   * @param devices UUIDs of the granted GPUs
   * @param range first index of the planned range that has the task's payload
   * @param job what the attempts of the job have in common
   * @param gang where the attempt stands in its gang; null when it runs for itself
   */
  record Assign(
      WorkerId worker,
      long incarnation,
      AttemptRef attempt,
      List<String> devices,
      int range,
      JobShare job,
      @Nullable GangPlace gang)
      implements Mail {
    public Assign {
      devices = List.copyOf(devices);
    }
  }

  /** A lease is over or wanted back. */
  record Revoke(WorkerId worker, long incarnation, AttemptRef attempt, MailEvent.Reason reason)
      implements Mail {}

  /**
   * What the attempts of a job have in common.
   *
   * @param job the job
   * @param run command, requirements and budgets
   * @param traceparent W3C trace context of the submission, or null
   */
  record JobShare(JobId job, RunSpec run, @Nullable String traceparent) {}
}
