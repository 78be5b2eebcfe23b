package dev.muster.aggregator.job;

import dev.muster.contracts.job.ErrorCode;

/**
 * Why a job, or a part of its tasks, failed.
 *
 * @param code the taxonomy's word (K-04)
 * @param detail one sentence for the job's owner
 */
public record Failure(ErrorCode code, String detail) {}
