package dev.muster.aggregator.shell;

import dev.muster.contracts.id.JobId;

/**
 * A task: the job and its place in it, from 0.
 *
 * @param job the job
 * @param index the task's place
 */
record TaskKey(JobId job, int index) {}
