/**
 * What users see of a job, a task, a result: projections of the submission and of what the result
 * aggregator knows. Pure. Names of workers, paths and images never appear here.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.view;
