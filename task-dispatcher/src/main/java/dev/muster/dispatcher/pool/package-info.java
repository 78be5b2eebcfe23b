/**
 * A pool in memory: its jobs, tasks, workers and leases, and every decision about them. Pure, but
 * mutable for speed: one thread owns a pool, and what a command changes is also written into {@link
 * dev.muster.dispatcher.pool.Effects}, which the shell commits before anyone hears of it. If the
 * commit is refused, the memory is thrown away.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.pool;
