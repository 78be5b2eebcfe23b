/**
 * The task dispatcher: decides which attempt runs where. It owns pools, workers, tasks, attempts
 * and leases (schema {@code dispatcher}). It reads plans, heartbeats and reports of the pools of
 * its shards and the job events of all, and writes assignments to workers and the events of tasks.
 * The core packages decide without I/O, clock or randomness; {@code shell} reads, commits and
 * sends.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher;
