package dev.muster.dispatcher.pool;

import java.time.Duration;

/**
 * The times and limits of a pool.
 *
 * @param lease how long leases live without a heartbeat of their worker
 * @param heartbeat how often workers send heartbeats
 * @param cancelGrace how long after a lease's length a holder may still answer to a cancellation
 * @param timeoutGrace how long past its timeout an attempt is left to its worker
 * @param aheadWindow a worker may hold, unstarted, what it finishes in this time
 * @param aheadMax most unstarted leases of a worker beyond what it has room for
 * @param reserveAfter how long the first blocked job waits before a worker is kept free for it
 * @param passMax most leases of one pass, which bounds a transaction
 */
public record PoolSettings(
    Duration lease,
    Duration heartbeat,
    Duration cancelGrace,
    Duration timeoutGrace,
    Duration aheadWindow,
    int aheadMax,
    Duration reserveAfter,
    int passMax) {}
