/**
 * What the dispatcher has said of a job's tasks (K-02), merged so that repeats and late words
 * change nothing: {@link dev.muster.aggregator.task.TaskDecider}.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.task;
