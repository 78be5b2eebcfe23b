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
 */
public record QueuedJob(JobId job, int priority, String tenant, ResourceRequest request) {}
