package dev.muster.dispatcher.pool;

import dev.muster.contracts.id.JobId;

/**
 * A task.
 *
 * @param job its job
 * @param index its place there, from 0
 */
public record TaskKey(JobId job, int index) {}
