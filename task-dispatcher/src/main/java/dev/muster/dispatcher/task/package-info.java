/**
 * The life of one task, pure (K-02). The diagram of its states is in the module's README.md, and a
 * test holds it to what {@link dev.muster.dispatcher.task.TaskDecider} accepts.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.task;
