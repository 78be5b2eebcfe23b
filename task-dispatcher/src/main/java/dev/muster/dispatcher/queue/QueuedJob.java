package dev.muster.dispatcher.queue;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ResourceRequest;

/**
 * A job with tasks that wait for a worker.
 *
 * @param job the job; its id sorts by age
 * @param priority higher goes first
 * @param tenant who owns it
 * @param request minimums of each of its attempts
 * @param members how many attempts need a place at once: the size of its gangs, 1 without
 */
public record QueuedJob(
    JobId job, int priority, String tenant, ResourceRequest request, int members) {
  /** A job whose attempts run each for itself. */
  public QueuedJob(JobId job, int priority, String tenant, ResourceRequest request) {
    this(job, priority, tenant, request, 1);
  }

  /** Jobs that need the same find a place at the same time, or none does. */
  record Need(ResourceRequest request, int members) {}

  Need need() {
    return new Need(request, members);
  }
}
