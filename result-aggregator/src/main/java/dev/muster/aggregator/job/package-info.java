/**
 * The life of a job (K-01), decided from facts that may arrive in any order: {@link
 * dev.muster.aggregator.job.JobDecider}.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.job;
